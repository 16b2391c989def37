import assert from 'node:assert/strict';
import test from 'node:test';
import { programOf } from '../guest-overlay.ts';
import { RootTree } from '../root/root-tree.ts';
import type { EntryType } from '../tar/entry.ts';
import type { Config } from './documents.ts';
import { environmentFile, runSettings, startUnit } from './start-unit.ts';

const config = (settings: NonNullable<Config['config']>): Config => ({
  architecture: 'amd64',
  config: settings,
  rootfs: { diff_ids: [] },
});

test('entrypoint and command make one program, variables without a name are left out', () => {
  const run = runSettings(
    config({ Entrypoint: ['/e'], Cmd: ['a', 'b'], Env: ['A=b=c', '=x', 'nonsense', '1=2'], User: '' }),
  );
  assert.deepEqual(run, { argv: ['/e', 'a', 'b'], env: { A: 'b=c' } });
});

test('nothing of it gets out of its line', () => {
  const evil = 'x\nExecStartPre=/bin/rm';
  const unit = startUnit(
    { argv: ['p', evil, '%n $A "q" \\'], env: { A: evil }, user: '1000:100', workdir: '/w%' },
    '/bin/p',
  );
  const lines = unit.split('\n').filter((line) => !line.startsWith('['));
  assert.deepEqual(lines, [
    'Description=Program of the container image',
    'After=network.target',
    'ExecStart="/bin/p" "x\\nExecStartPre=/bin/rm" "%%n $$A \\"q\\" \\\\"',
    'Environment="A=x\\nExecStartPre=/bin/rm"',
    'User=1000',
    'Group=100',
    'WorkingDirectory=-/w%%',
    'WantedBy=multi-user.target',
    '',
  ]);
});

test('commands of a guest run as the image says', () => {
  const run = { argv: [], env: { A: 'b "c" $d' }, user: 'app:staff', workdir: '/srv' };
  assert.equal(environmentFile(run), 'A="b \\"c\\" \\$d"\nBHATTI_USER="app"\nBHATTI_WORKDIR="/srv"\n');
  assert.equal(environmentFile({ argv: [], env: {} }), 'BHATTI_USER="root"\n');
});

const rows: [argv: string[], found: string | undefined][] = [
  [['/usr/bin/app'], '/usr/bin/app'],
  [['app'], '/opt/bin/app'],
  [['./run'], '/srv/run'],
  [['nothing'], undefined],
  [[], undefined],
];
for (const [argv, found] of rows)
  test(`the program of ${JSON.stringify(argv)} is ${found}`, () => {
    const tree = new RootTree();
    const plain = { mode: 0, uid: 0, gid: 0, mtime: 0, major: 0, minor: 0, extended: new Map(), offset: 0, size: 0 };
    const add = (name: string, type: EntryType = 'file', target = '') => tree.add({ ...plain, name, type, target }, 0);
    for (const name of ['usr/bin/app', 'srv/run', 'opt/real']) add(name);
    add('opt/bin', 'symlink', '../usr/bin');
    assert.equal(programOf(tree, { argv, env: { PATH: '/opt/bin:/usr/bin' }, workdir: '/srv' }), found);
  });
