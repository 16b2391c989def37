import assert from 'node:assert/strict';
import test from 'node:test';
import { RUN, World } from './world.fake.ts';

test('the counter grows with each restart and starts anew by hand (line 108)', () => {
  const world = new World(`${RUN}Restart=always`);
  world.start().mainExits(1).send({ is: 'timeout' });
  world.killable = true;
  world.start().mainExits(1).send({ is: 'timeout' });
  assert.equal(world.state.restarts, 2);
  assert.ok(world.log.includes('Scheduled restart job, restart counter is at 2.'));
  world.send({ is: 'stop' }).start();
  assert.equal(world.state.restarts, 2, 'stopped while queued');
});

// Line 104: cause x policy.
const causes: [name: string, body: string, end: (world: World) => void, restarts: string][] = [
  ['exit 0', '', (w) => w.mainExits(0), 'on-success always'],
  ['SIGTERM', '', (w) => w.mainExits(15, 'killed'), 'on-success always'],
  ['SIGPIPE', '', (w) => w.mainExits(13, 'killed'), 'on-success always'],
  ['exit 1', '', (w) => w.mainExits(1), 'on-failure always'],
  ['exec 203', '', (w) => w.mainExits(203), 'on-failure always'],
  ['SIGKILL', '', (w) => w.mainExits(9, 'killed'), 'on-failure on-abnormal on-abort always'],
  ['SIGUSR1', '', (w) => w.mainExits(10, 'killed'), 'on-failure on-abnormal on-abort always'],
  ['SEGV with core', '', (w) => w.mainExits(11, 'dumped'), 'on-failure on-abnormal on-abort always'],
  [
    'start timeout',
    'Type=notify',
    (w) => w.send({ is: 'timeout' }).mainExits(15, 'killed'),
    'on-failure on-abnormal always',
  ],
  [
    'watchdog',
    '',
    (w) => w.send({ is: 'watchdog' }).mainExits(6, 'killed'),
    'on-failure on-abnormal on-watchdog always',
  ],
];
const policies = ['no', 'on-success', 'on-failure', 'on-abnormal', 'on-watchdog', 'on-abort', 'always'];
for (const [name, body, end, restarts] of causes)
  test(`who restarts after ${name} (line 104)`, () => {
    const which = policies.filter((policy) => {
      const world = new World(`${RUN}${body}\nRestart=${policy}`);
      end(world.start());
      return world.state.sub === 'auto-restart';
    });
    assert.equal(which.join(' '), restarts);
  });
test('exit statuses that force or prevent a restart (line 113)', () => {
  const prevented = new World(`${RUN}Restart=always\nRestartPreventExitStatus=1`);
  prevented.start().mainExits(1);
  assert.equal(prevented.state.sub, 'failed');
  const forced = new World(`${RUN}RestartForceExitStatus=3`);
  forced.start().mainExits(3);
  assert.equal(forced.state.sub, 'auto-restart');
});
