import assert from 'node:assert/strict';
import test from 'node:test';
import { isJob, statOf } from './activity.ts';

const STAT = `cpu  100 2 30 4000 50 6 7 0 0 0
cpu0 100 2 30 4000 50 6 7 0 0 0
intr 12 0 0
processes 1234
procs_running 3
procs_blocked 1
`;

test('time that is idle or waits for a disk is no work', () => {
  assert.deepEqual(statOf(STAT), { processorMs: 1450, blocked: 1 });
});

const rows: [name: string, id: string, argv: string[], shown: number, job: boolean][] = [
  ['a shell at its prompt', 's1', ['/bin/bash', '-l'], 7, false],
  ['a login shell by its other name', 's1', ['-zsh'], 7, false],
  ['a shell with a program in the foreground', 's1', ['/bin/bash', '-l'], 9, true],
  ['a shell that runs a script', 's1', ['/bin/sh', '-c', 'make'], 7, true],
  ['a shell that runs a file', 's1', ['bash', 'build.sh'], 7, true],
  ['another program', 's1', ['htop'], 7, true],
  ['what --init began', 'init', ['/bin/sh', '-c', 'serve'], -1, false],
];
for (const [name, id, argv, shown, job] of rows) {
  test(`${name} is ${job ? '' : 'no '}work`, () => {
    const session = { id, argv, pid: 7, user: 'lohar', tty: true, attached: false, startedMs: 0 };
    assert.equal(isJob(session, { own: 7, shown }), job);
  });
}
