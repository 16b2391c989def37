import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FakeDaemon, startFakeDaemon } from './fake-daemon.ts';
import { ask, talk } from './test-client.ts';

const SHORT = { idleWarmMs: 500 };

async function withSandbox(thermal: object): Promise<FakeDaemon> {
  const daemon = await startFakeDaemon();
  const { status } = await ask(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev', thermal });
  assert.equal(status, 201);
  return daemon;
}

const inspect = async (daemon: FakeDaemon) => (await ask(daemon.socket, 'GET', '/v1/sandboxes/dev')).body;

async function until(daemon: FakeDaemon, state: string): Promise<void> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const body = await inspect(daemon);
    if (body.state === state) return;
    assert.ok(Date.now() < deadline, `it is ${body.state} and not ${state}: ${JSON.stringify(body.thermal)}`);
    await new Promise(setImmediate);
  }
}

function agentOf(daemon: FakeDaemon) {
  const [vm] = daemon.engine.vms.values();
  assert.ok(vm);
  return vm.agent;
}

test('an idle sandbox gets warm, and whatever is asked of it wakes it', async () => {
  await using daemon = await withSandbox(SHORT);
  await until(daemon, 'warm');
  assert.equal(
    (await ask(daemon.socket, 'POST', '/v1/sandboxes/dev/exec', { argv: ['echo', 'x'] })).body.stdout,
    'x\n',
  );
  assert.equal((await inspect(daemon)).state, 'running');
  await until(daemon, 'warm');
  assert.equal(daemon.engine.wakes, 1);
});

test('one with work stays hot and says why, and gets warm when the work is over', async () => {
  await using daemon = await withSandbox(SHORT);
  agentOf(daemon).activity = { ...agentOf(daemon).activity, jobs: 2 };
  const deadline = Date.now() + 5000;
  while ((await inspect(daemon)).thermal.hotBecause !== '2 programs in a session') assert.ok(Date.now() < deadline);
  assert.equal((await inspect(daemon)).state, 'running');
  agentOf(daemon).activity = { ...agentOf(daemon).activity, jobs: 0 };
  await until(daemon, 'warm');
});

test('an open stream keeps it hot, a terminal on which nothing is said does not', async () => {
  await using daemon = await withSandbox(SHORT);
  const path = '/v1/sandboxes/dev/exec/ws';
  let end = (): void => undefined;
  const stream = talk(daemon.socket, path, (ws) => (end = () => ws.close()), { argv: ['wait'] });
  const deadline = Date.now() + 5000;
  while ((await inspect(daemon)).thermal.hotBecause !== '1 open stream') assert.ok(Date.now() < deadline);
  end();
  await stream;
  const tty = { rows: 24, cols: 80, term: 'xterm' };
  const terminal = talk(daemon.socket, path, (ws) => (end = () => ws.close()), { argv: ['wait'], tty });
  await until(daemon, 'warm');
  end();
  await terminal;
});

test('settings of an existing sandbox are changed, and null goes back to those of the daemon', async () => {
  await using daemon = await withSandbox({ keepHot: true });
  const patch = async (thermal: object) =>
    (await ask(daemon.socket, 'PATCH', '/v1/sandboxes/dev', { thermal })).body.thermal;
  const all = { keepHot: true, idleWarmMs: 30_000, idleColdMs: 1_800_000, wakeForTimers: false };
  const settings = ({ quietMs: _, hotBecause: __, ...rest }: Readonly<Record<string, unknown>>) => rest;
  assert.deepEqual(settings(await patch({})), all);
  assert.deepEqual(settings(await patch({ idleColdMs: 'never' })), { ...all, idleColdMs: 'never' });
  assert.deepEqual(settings(await patch({ idleColdMs: null, wakeForTimers: true })), { ...all, wakeForTimers: true });
  await patch({ keepHot: false, idleWarmMs: 500 });
  await until(daemon, 'warm');
  const { status, body } = await ask(daemon.socket, 'PATCH', '/v1/sandboxes/dev', { thermal: { idleWarmMs: 1 } });
  assert.deepEqual([status, body.error.code], [400, 'request.invalid']);
});

test('a timer that is due wakes a sandbox that asked for it', async () => {
  await using daemon = await withSandbox({ idleWarmMs: 500, wakeForTimers: true });
  agentOf(daemon).activity = { ...agentOf(daemon).activity, timerMs: 5600 };
  await until(daemon, 'warm');
  assert.match(String((await inspect(daemon)).thermal.timerDueAt), /^\d{4}-/);
  agentOf(daemon).activity = { processorMs: 0, uptimeMs: 1, blocked: 0, jobs: 1 };
  const deadline = Date.now() + 9000;
  while ((await inspect(daemon)).state !== 'running') assert.ok(Date.now() < deadline);
  assert.equal(daemon.engine.wakes, 1);
});
