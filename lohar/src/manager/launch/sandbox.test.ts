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
  '/tmp': 'directory',
  '/var/lib': 'directory',
  '/var/tmp': 'directory',
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
    ['mkdirat? /new', 'read-only /', 'mount /dev /dev', 'mount /srv/data /new', 'read-only /new'],
  ],
  [
    'a place in a file system that is new is made there, whatever lies below it',
    { TemporaryFileSystem: [{ path: '/var', options: '' }], BindPaths: [bind('/srv/data', '/var/lib')] },
    ['mkdirat? /var', 'mount tmpfs /var', 'mkdirat? /var/lib', 'mount /srv/data /var/lib'],
  ],
  [
    'a place in a file system that is new and read-only is made before it is',
    { TemporaryFileSystem: [{ path: '/srv', options: 'ro' }], BindPaths: [bind('/srv/data', '/srv/data')] },
    ['mount tmpfs /srv', 'mkdirat? /srv/data', 'read-only /srv', 'mount /srv/data /srv/data'],
  ],
  [
    'a place in a /tmp of its own',
    { PrivateTmp: true, BindPaths: [bind('/srv/data', '/tmp/.x')] },
    ['mount /srv/data /tmp', 'mkdirat? /tmp/.x', 'mount /srv/data /tmp/.x', 'mount /srv/data /var/tmp'],
  ],
  [
    'a new file system makes its place, too',
    { TemporaryFileSystem: [{ path: '/srv/new', options: '' }] },
    ['mkdirat? /srv', 'mkdirat? /srv/new', 'mount tmpfs /srv/new'],
  ],
];
for (const [name, settings, expected] of rows)
  test(`binds: ${name}`, () => {
    const tmp = settings.PrivateTmp ? { tmp: '/srv/data', varTmp: '/srv/data' } : null;
    const calls = sandboxCalls({ stat, lstat: stat }, { ...DEFAULTS, ...settings } as Settings, tmp).flatMap(
      ({ call, args, optional }) => {
        if (call === 'mount' && args[0] !== '') return [`mount ${args[0]} ${args[1]}`];
        if (call === 'mount_setattr' && (args[3] as Uint8Array)[0] === 1) return [`read-only ${args[1]}`];
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
