import assert from 'node:assert/strict';
import test from 'node:test';
import type { Request } from '../../control/protocol.ts';
import { runFake } from '../fake-program.test.ts';
import { systemctl } from './main.ts';
import { run } from './run-systemctl.test.ts';

const usage: [line: string, text: string][] = [
  ['start', 'Too few arguments.\n-> rc=1'],
  ['is-active', 'Too few arguments.\n-> rc=1'],
  ['daemon-reload x', 'Too many arguments.\n-> rc=1'],
  ['bogusverb', "Unknown command verb 'bogusverb'.\n-> rc=1"],
  ['sta', "Unknown command verb 'sta', did you mean 'start'?\n-> rc=1"],
  ['statsu', "Unknown command verb 'statsu', did you mean 'status'?\n-> rc=1"],
  ['--bogus', "systemctl: unrecognized option '--bogus'\n-> rc=1"],
  ['--user is-active t-a', 'Failed to connect to bus: No medium found\n-> rc=1'],
  [
    'is-active -.mount',
    'systemctl: invalid option -- \'.\'\nHint: to specify units starting with a dash, use "--":\n      systemctl [OPTIONS...] COMMAND -- -.mount ...\n-> rc=1',
  ],
  ['edit t-a', 'Cannot edit units if not on a tty.\n-> rc=1'],
  ['-t bogus', "Unknown unit type or load state 'bogus'.\nUse -t help to see a list of allowed values.\n-> rc=1"],
  ['-n x status', "Failed to parse lines 'x'\n-> rc=1"],
  ['stop --wait x', "--wait may only be used with the 'start' or 'restart' commands.\n-> rc=1"],
  ['--root=/x start y', "Verb 'start' cannot be used with --root= or --image=.\n-> rc=1"],
  ['poweroff --dry-run --when=show', 'No scheduled shutdown.\n-> rc=0'],
];
for (const [line, text] of usage) test(line, async () => assert.equal((await run(line)).text, text));

test('PID 1 is somebody else', async () => {
  const ran = await runFake(systemctl, ['systemctl', 'start', 'x']);
  assert.equal(
    ran.err,
    "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n",
  );
  assert.equal(ran.code, 1);
});

test('what reaches PID 1', async () => {
  const asked = async (line: string): Promise<Request | undefined> => (await run(line)).requests[0];
  assert.deepEqual(await asked('start a b'), {
    verb: 'job',
    job: 'start',
    names: ['a', 'b'],
    mode: 'replace',
    block: true,
  });
  assert.deepEqual(await asked('condrestart a --no-block --fail'), {
    verb: 'job',
    job: 'try-restart',
    names: ['a'],
    mode: 'fail',
    block: false,
  });
  assert.deepEqual(await asked('restart a --wait --all'), {
    verb: 'job',
    job: 'restart',
    names: ['a'],
    mode: 'replace',
    block: true,
    wait: true,
    all: true,
  });
  assert.deepEqual(await asked('isolate multi-user'), { verb: 'isolate', names: ['multi-user.target'], block: true });
  assert.deepEqual(await asked('kill -s HUP --kill-whom=main a'), {
    verb: 'kill',
    names: ['a'],
    whom: 'main',
    signal: 1,
  });
  assert.deepEqual(await asked('kill a'), { verb: 'kill', names: ['a'], whom: 'all', signal: 15 });
  assert.deepEqual(await asked('show'), { verb: 'show', names: [], manager: true });
  assert.deepEqual(await asked('show a -p A,B -p C'), {
    verb: 'show',
    names: ['a'],
    properties: ['A', 'B', 'C'],
    empty: true,
  });
  assert.deepEqual(await asked('--failed'), {
    verb: 'list-units',
    patterns: [],
    types: [],
    states: ['failed'],
    all: false,
  });
  assert.deepEqual(await asked('enable a --runtime -f'), {
    verb: 'unit-files',
    op: 'enable',
    names: ['a.service'],
    runtime: true,
    force: true,
    presetMode: 'full',
  });
  assert.deepEqual(await asked('add-wants multi-user a'), {
    verb: 'unit-files',
    op: 'add-wants',
    names: ['a.service'],
    runtime: false,
    force: false,
    presetMode: 'full',
    target: 'multi-user.target',
  });
  assert.deepEqual(await asked('set-property a X=1 Y=2 --runtime'), {
    verb: 'set-property',
    name: 'a',
    assignments: ['X=1', 'Y=2'],
    runtime: true,
  });
  assert.deepEqual(await asked('poweroff -ff'), { verb: 'power', action: 'poweroff', force: 2 });
  assert.deepEqual(await asked('list-timers foo'), { verb: 'list-timers', patterns: ['foo.timer'], all: false });
});
