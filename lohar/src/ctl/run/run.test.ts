import assert from 'node:assert/strict';
import test from 'node:test';
import type { Request } from '../../control/protocol.ts';
import { runFake } from '../fake-program.test.ts';
import type { Answer } from '../systemctl/run-systemctl.test.ts';
import { run } from './main.ts';

async function ran(argv: readonly string[], answers: readonly Answer[] = []) {
  const requests: Request[] = [];
  const answer = (request: Request): readonly Answer[] => {
    requests.push(request);
    return answers;
  };
  const { err, out, code } = await runFake(run, ['systemd-run', ...argv], { answer, env: { PATH: '/bin' } });
  return { requests, text: `${err}${out}-> rc=${code}` };
}
const begun: Answer = { is: 'transient', unit: 'a.service', invocationId: 'f00d' };
const job = (result: 'done' | 'failed'): Answer => ({
  ...{ is: 'job', unit: 'a.service', job: 1, type: 'start', result, unitResult: 'success' },
});
const finished: Answer = {
  ...{ is: 'finished', unit: 'a.service', result: 'exit-code', code: 'exited', status: 3, runtimeUsec: 416_000 },
  ...{ cpuUsec: 203_000, memoryPeak: 479_232, swapPeak: 0 },
};

const SENT: readonly (readonly [name: string, argv: readonly string[], properties: readonly string[]])[] = [
  [
    'a command',
    ['-u', 'a', '/bin/sh', '-c', 'x "$A" %n'],
    ['Description=/bin/sh -c "x \\"\\$A\\" %%n"', 'ExecStart="/bin/sh" "-c" "x \\"$A\\" %%n"'],
  ],
  ['a name without a path', ['-u', 'a', 'sh'], ['Description=/bin/sh', 'ExecStart="/bin/sh"']],
  [
    'settings and a description',
    ['-u', 'a', '-p', 'Nice=5', '--description', 'x', '--uid=daemon', '-r', 'sh', '-r'],
    [...['Description=x', 'Nice=5', 'User=daemon', 'RemainAfterExit=yes'], 'ExecStart="/bin/sh" "-r"'],
  ],
  [
    'variables',
    ['-u', 'a', '-E', 'A=b c', '-E', 'PATH', 'sh'],
    [...['Description=/bin/sh', 'Environment="A=b c"', 'Environment="PATH=/bin"', 'ExecStart="/bin/sh"']],
  ],
];
for (const [name, argv, properties] of SENT)
  test(`systemd-run sends ${name}`, async () => {
    const { requests } = await ran(argv);
    const [request] = requests;
    assert.ok(request?.verb === 'start-transient');
    assert.deepEqual([request.name, request.properties], ['a.service', properties]);
  });

test('a timer comes with its service', async () => {
  const { requests } = await ran(['--on-active=5', '--unit=a', 'sh']);
  const [request] = requests;
  assert.ok(request?.verb === 'start-transient');
  assert.deepEqual(
    [request.name, request.properties, request.auxName],
    ['a.timer', ['Description=/bin/sh', 'RemainAfterElapse=no', 'OnActiveSec=5'], 'a.service'],
  );
});

const SAID: readonly (readonly [name: string, argv: readonly string[], answers: readonly Answer[], text: string])[] = [
  ['what it runs as', ['sh'], [begun, job('done')], 'Running as unit: a.service; invocation ID: f00d\n-> rc=0'],
  ['nothing when quiet', ['-q', 'sh'], [begun, job('done')], '-> rc=0'],
  [
    'how it ended',
    ['--wait', 'sh'],
    [begun, job('done'), finished],
    `Running as unit: a.service; invocation ID: f00d
Finished with result: exit-code
Main processes terminated with: code=exited/status=3
Service runtime: 416ms
CPU time consumed: 203ms
Memory peak: 468.0K
Memory swap peak: 0B
-> rc=3`,
  ],
  ['no command', [], [], 'Command line to execute required.\n-> rc=1'],
  [
    'a program that is not there',
    ['/no/such'],
    [],
    'Failed to find executable /no/such: No such file or directory\n-> rc=1',
  ],
  [
    'a bad date',
    ['--on-calendar=x', 'sh'],
    [],
    'Failed to parse calendar event specification: Invalid argument\n-> rc=1',
  ],
  [
    'a unit that is there',
    ['sh'],
    [
      {
        is: 'error',
        error: { name: 'UnitExists', message: 'Unit a.service was already loaded or has a fragment file.' },
      },
    ],
    'Failed to start transient service unit: Unit a.service was already loaded or has a fragment file.\n-> rc=1',
  ],
];
for (const [name, argv, answers, text] of SAID)
  test(`systemd-run says ${name}`, async () => void assert.equal((await ran(argv, answers)).text, text));
