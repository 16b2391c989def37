import assert from 'node:assert/strict';
import test from 'node:test';
import { type Stat, SysError } from '@bhatti/runtime/sys.ts';
import { DEFAULTS, type Settings } from '../../unit/directive/tables.ts';
import { sandboxCalls } from './sandbox.ts';

const THERE: Readonly<Record<string, string>> = {
  '/': 'directory',
  '/dev': 'directory',
  '/dev/log': 'socket',
  '/srv': 'directory',
  '/srv/data': 'directory',
  '/var/lib': 'directory',
};
const stat = (path: string): Stat => {
  const type = THERE[path];
  if (type === undefined) throw new SysError('stat', 2, 'ENOENT');
  return { type } as Stat;
};

const bind = (source: string, destination: string) => ({ source, destination, recursive: true, missingOk: false });
const rows: [name: string, settings: Partial<Settings>, expected: string[]][] = [
  [
    'one to a place that is there makes nothing',
    { BindPaths: [bind('/srv/data', '/var/lib')] },
    ['mount /srv/data /var/lib'],
  ],
  [
    'a socket gets a file to lie over, below folders that are missing',
    { BindPaths: [bind('/dev/log', '/var/lib/x/dev/log')] },
    [
      ...['/var', '/var/lib', '/var/lib/x', '/var/lib/x/dev'].map((folder) => `mkdirat? ${folder}`),
      'mknodat? /var/lib/x/dev/log',
      'mount /dev/log /var/lib/x/dev/log',
    ],
  ],
  [
    'what becomes read-only gets its places before',
    { ProtectSystem: 'strict', BindReadOnlyPaths: [bind('/srv/data', '/new')] },
    ['mkdirat? /new', 'mount /dev /dev', 'mount /srv/data /new'],
  ],
  [
    'a place in a file system that is new is made there, whatever lies below it',
    { TemporaryFileSystem: [{ path: '/var', options: '' }], BindPaths: [bind('/srv/data', '/var/lib')] },
    ['mount tmpfs /var', 'mkdirat? /var', 'mkdirat? /var/lib', 'mount /srv/data /var/lib'],
  ],
];
for (const [name, settings, expected] of rows)
  test(`binds: ${name}`, () => {
    const calls = sandboxCalls({ stat, lstat: stat }, { ...DEFAULTS, ...settings } as Settings, null).flatMap(
      ({ call, args, optional }) => {
        if (call === 'mount' && args[0] !== '') return [`mount ${args[0]} ${args[1]}`];
        return call === 'mkdirat' || call === 'mknodat' ? [`${call}${optional ? '?' : ''} ${args[1]}`] : [];
      },
    );
    assert.deepEqual(calls, expected);
  });

test('binds: a source that is missing is an error', () =>
  assert.throws(
    () => sandboxCalls({ stat, lstat: stat }, { ...DEFAULTS, BindPaths: [bind('/no', '/new')] } as Settings, null),
    /\/no: No such file or directory/,
  ));
