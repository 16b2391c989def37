import assert from 'node:assert/strict';
import test from 'node:test';
import { RUN, World } from './world.fake.ts';

const rows: [name: string, body: string, act: (world: World) => void, trace: string, ends: string][] = [
  ['simple is up at once', RUN, (w) => w.start(), 'running', 'running/success'],
  [
    'simple that ends well',
    RUN,
    (w) => w.start().mainExits(0),
    'running terminate kill terminate kill dead',
    'dead/success',
  ],
  [
    'simple that remains (line 67)',
    `${RUN}RemainAfterExit=yes`,
    (w) => w.start().mainExits(0),
    'running exited',
    'exited/success',
  ],
  [
    'simple that fails and would remain',
    `${RUN}RemainAfterExit=yes`,
    (w) => w.start().mainExits(1),
    'running terminate kill terminate kill failed',
    'failed/exit-code',
  ],
  ['exec waits for exec', `${RUN}Type=exec`, (w) => w.start(), 'start running', 'running/success'],
  [
    'exec whose program is missing (line 66)',
    `${RUN}Type=exec`,
    (w) => {
      w.execFails = true;
      w.start().mainExits(203);
    },
    'start terminate kill terminate kill failed',
    'failed/exit-code',
  ],
  [
    'oneshot runs commands in turn (line 68)',
    'Type=oneshot\nExecStart=/bin/x\nExecStart=/bin/y',
    (w) => {
      w.start().mainExits(0);
      w.killable = false;
      w.mainExits(0);
    },
    'start terminate kill terminate kill dead',
    'dead/success',
  ],
  [
    'oneshot stops at the first failure',
    'Type=oneshot\nExecStart=/bin/x\nExecStart=/bin/y',
    (w) => w.start().mainExits(4),
    'start terminate kill terminate kill failed',
    'failed/exit-code',
  ],
  [
    'oneshot killed by SIGTERM fails (line 69)',
    `${RUN}Type=oneshot`,
    (w) => w.start().mainExits(15, 'killed'),
    'start terminate kill terminate kill failed',
    'failed/signal',
  ],
  [
    'a daemon killed by SIGTERM is clean (line 94)',
    RUN,
    (w) => w.start().mainExits(15, 'killed'),
    'running terminate kill terminate kill dead',
    'dead/success',
  ],
  [
    'a command that may fail (line 202)',
    'ExecStart=-/bin/false',
    (w) => w.start().mainExits(1),
    'running terminate kill terminate kill dead',
    'dead/success',
  ],
  [
    'ExecStartPre fails',
    `${RUN}ExecStartPre=/bin/false`,
    (w) => {
      w.start();
      w.killable = false;
      w.controlExits(1);
    },
    'start-pre terminate kill terminate kill failed',
    'failed/exit-code',
  ],
  [
    'ExecCondition skips',
    `${RUN}ExecCondition=/bin/false`,
    (w) => {
      w.start();
      w.killable = false;
      w.controlExits(1);
    },
    'condition terminate kill terminate kill dead',
    'dead/exec-condition',
  ],
  [
    'ExecCondition fails with 255',
    `${RUN}ExecCondition=/bin/false`,
    (w) => {
      w.start();
      w.killable = false;
      w.controlExits(255);
    },
    'condition terminate kill terminate kill failed',
    'failed/exit-code',
  ],
  [
    'ExecStartPost is waited for (line 201)',
    `${RUN}ExecStartPost=/bin/y`,
    (w) => w.start().controlExits(0),
    'start-post running',
    'running/success',
  ],
  [
    'forking with a PID file (line 70)',
    `${RUN}Type=forking\nPIDFile=/run/x.pid`,
    (w) => {
      w.pidFile = 500;
      w.start().controlExits(0);
    },
    'start running',
    'running/success',
  ],
  [
    'forking guesses its main process (line 71)',
    `${RUN}Type=forking`,
    (w) => {
      w.guess = 500;
      w.start().controlExits(0);
    },
    'start running',
    'running/success',
  ],
  [
    'forking, parent fails (line 72)',
    `${RUN}Type=forking`,
    (w) => w.start().controlExits(3),
    'start terminate stop-sigterm',
    'stop-sigterm/exit-code',
  ],
  [
    'forking, PID file late',
    `${RUN}Type=forking\nPIDFile=x.pid`,
    (w) => {
      w.start().controlExits(0);
      w.pidFile = 500;
      w.send({ is: 'pid-file-changed' });
    },
    'start watch running',
    'running/success',
  ],
  [
    'notify waits for READY (line 81)',
    `${RUN}Type=notify`,
    (w) => w.start().notify('READY=1\nSTATUS=up'),
    'start running',
    'running/success',
  ],
  [
    'notify that ends before READY (line 82)',
    `${RUN}Type=notify`,
    (w) => w.start().mainExits(0),
    'start terminate kill terminate kill failed',
    'failed/protocol',
  ],
  [
    'notify from a child is ignored (line 84)',
    `${RUN}Type=notify`,
    (w) => w.start().notify('READY=1', 900),
    'start',
    'start/success',
  ],
  [
    'notify from a child with NotifyAccess=all',
    `${RUN}Type=notify\nNotifyAccess=all`,
    (w) => w.start().notify('READY=1', 900),
    'start running',
    'running/success',
  ],
  [
    'STOPPING=1 (line 90)',
    `${RUN}Type=notify`,
    (w) => w.start().notify('READY=1').notify('STOPPING=1'),
    'start running stop-sigterm',
    'stop-sigterm/success',
  ],
  [
    'RELOADING=1 until READY=1 (line 89)',
    `${RUN}Type=notify`,
    (w) => w.start().notify('READY=1').notify('RELOADING=1').notify('READY=1'),
    'start running reload-notify running',
    'running/success',
  ],
  [
    'stop asks, waits, kills (line 103)',
    `${RUN}KillMode=mixed`,
    (w) => {
      w.start().send({ is: 'stop' }).send({ is: 'timeout' });
      w.killable = false;
      w.mainExits(9, 'killed');
    },
    'running terminate stop-sigterm kill stop-sigkill terminate kill failed',
    'failed/timeout',
  ],
  [
    'ExecStop first',
    `${RUN}ExecStop=/bin/y`,
    (w) => {
      w.start().send({ is: 'stop' });
      w.killable = false;
      w.controlExits(0);
    },
    'running stop terminate kill terminate kill dead',
    'dead/success',
  ],
  [
    'ExecStop after a clean end, ExecStopPost always (line 58)',
    `${RUN}ExecStop=/bin/y\nExecStopPost=/bin/z`,
    (w) => {
      w.start().mainExits(0);
      w.controlExits(0);
      w.controlExits(0);
    },
    'running stop terminate kill stop-post terminate kill dead',
    'dead/success',
  ],
  [
    'no ExecStop after a failure (line 58)',
    `${RUN}ExecStop=/bin/y\nExecStopPost=/bin/z`,
    (w) => {
      w.start().mainExits(1);
      w.controlExits(0);
    },
    'running terminate kill stop-post terminate kill failed',
    'failed/exit-code',
  ],
  [
    'start times out (line 83)',
    `${RUN}Type=notify`,
    (w) => {
      w.start().send({ is: 'timeout' });
      w.mainExits(15, 'killed');
    },
    'start terminate stop-sigterm terminate kill failed',
    'failed/timeout',
  ],
  [
    'watchdog (line 88)',
    `${RUN}Type=notify\nWatchdogSec=2`,
    (w) => {
      w.start().notify('READY=1').send({ is: 'watchdog' });
      w.mainExits(6, 'killed');
    },
    'start running watchdog stop-watchdog terminate kill failed',
    'failed/watchdog',
  ],
  [
    'stop while it starts',
    `${RUN}Type=oneshot`,
    (w) => {
      w.start();
      w.job = 'stop';
      w.send({ is: 'stop' });
      w.mainExits(15, 'killed');
    },
    'start terminate stop-sigterm terminate kill failed',
    'failed/signal',
  ],
  [
    'a missing environment file (line 53)',
    RUN,
    (w) => {
      w.spawnError = 'No such file or directory';
      w.killable = false;
      w.start();
    },
    'terminate kill terminate kill failed',
    'failed/resources',
  ],
  [
    'restart after a failure (line 107)',
    `${RUN}Restart=on-failure`,
    (w) => {
      w.start().mainExits(1);
      w.send({ is: 'timeout' });
    },
    'running terminate kill terminate kill failed-before-auto-restart auto-restart auto-restart-queued restart!',
    'auto-restart-queued/exit-code',
  ],
  [
    'no restart after stop',
    `${RUN}Restart=always`,
    (w) => {
      w.start().send({ is: 'stop' });
      w.mainExits(15, 'killed');
    },
    'running terminate stop-sigterm terminate kill dead',
    'dead/success',
  ],
  [
    'stop while it waits to restart (line 106)',
    `${RUN}Restart=always`,
    (w) => {
      w.start().mainExits(1);
      w.send({ is: 'stop' });
    },
    'running terminate kill terminate kill failed-before-auto-restart auto-restart dead',
    'dead/exit-code',
  ],
  [
    'oom (line 102)',
    RUN,
    (w) => {
      w.start().send({ is: 'oom' });
      w.mainExits(9, 'killed');
    },
    'running terminate stop-sigterm terminate kill failed',
    'failed/oom-kill',
  ],
  ['oom that is borne', `${RUN}OOMPolicy=continue`, (w) => w.start().send({ is: 'oom' }), 'running', 'running/success'],
  [
    'nothing to run but remain (line 6)',
    'Type=oneshot\nRemainAfterExit=yes\nExecStop=/bin/x',
    (w) => {
      w.populated = false;
      w.start();
    },
    'start exited',
    'exited/success',
  ],
  [
    'reload by command',
    `${RUN}ExecReload=/bin/y`,
    (w) => w.start().send({ is: 'reload' }).controlExits(0),
    'running reload running',
    'running/success',
  ],
  [
    'reload that fails leaves the service up',
    `${RUN}ExecReload=/bin/y`,
    (w) => w.start().send({ is: 'reload' }).controlExits(1),
    'running reload running',
    'running/success',
  ],
];
for (const [name, body, act, trace, ends] of rows)
  test(name, () => {
    const world = new World(body);
    act(world);
    assert.deepEqual([world.shown, world.ends], [trace, ends]);
  });

test('a reload by signal ends with READY=1 after RELOADING=1 of that time (line 89)', () => {
  const world = new World(`${RUN}Type=notify-reload`);
  world.start().notify('READY=1').send({ is: 'reload' });
  assert.equal(world.state.sub, 'reload-signal');
  world.notify('RELOADING=1\nMONOTONIC_USEC=5');
  assert.equal(world.state.sub, 'reload-signal', 'older than the request');
  world.notify('RELOADING=1\nMONOTONIC_USEC=2000000').notify('READY=1');
  assert.equal(world.state.sub, 'running');
});
test('MAINPID moves the main process; the old one may end (line 85)', () => {
  const world = new World(`${RUN}Type=notify`);
  world.start().notify('READY=1').notify('MAINPID=700');
  world.send({ is: 'exited', pid: 100, code: 'exited', status: 0 });
  assert.deepEqual([world.state.mainPid, world.ends], [700, 'running/success']);
});
test('STATUS and ERRNO (line 91)', () => {
  const world = new World(`${RUN}Type=notify`);
  world.start().notify('READY=1\nERRNO=2\nSTATUS=bad');
  assert.deepEqual([world.state.statusText, world.state.statusErrno], ['bad', 2]);
});
test('EXTEND_TIMEOUT_USEC moves the end of the wait (line 87)', () => {
  const world = new World(`${RUN}Type=notify\nTimeoutStartSec=3`);
  world.start();
  assert.equal(world.state.timeoutAtUsec, 4_000_000);
  world.nowUsec += 2_000_000;
  world.notify('EXTEND_TIMEOUT_USEC=5000000');
  assert.equal(world.state.timeoutAtUsec, 8_000_000);
});
test('log of a failed main process (line 96)', () => {
  const world = new World(RUN);
  world.start().mainExits(7);
  assert.deepEqual(world.log, [
    'Main process exited, code=exited, status=7/NOTRUNNING',
    "Failed with result 'exit-code'.",
  ]);
});
test('log of a killed one (line 96)', () => {
  const world = new World(RUN);
  world.start().mainExits(9, 'killed');
  assert.deepEqual(world.log, ['Main process exited, code=killed, status=9/KILL', "Failed with result 'signal'."]);
});
