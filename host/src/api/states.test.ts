import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FakeDaemon, startFakeDaemon } from './fake-daemon.ts';
import { ask } from './test-client.ts';

async function withSandbox(): Promise<FakeDaemon> {
  const daemon = await startFakeDaemon();
  await ask(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev' });
  return daemon;
}

const post = (daemon: FakeDaemon, verb: string, body?: object) =>
  ask(daemon.socket, 'POST', `/v1/sandboxes/dev/${verb}`, body);

test('a sandbox is paused and resumed, and tells how it was woken', async () => {
  await using daemon = await withSandbox();
  assert.equal((await post(daemon, 'pause')).body.state, 'warm');
  assert.equal((await post(daemon, 'pause')).body.state, 'warm');
  const { body, headers } = await post(daemon, 'resume');
  const { at: _, ...wake } = body.wake;
  assert.equal(body.state, 'running');
  assert.deepEqual(wake, {
    from: 'warm',
    sleptMs: 7,
    steps: [{ name: 'clock', ok: true, ms: 1 }],
    timings: { total: 3 },
  });
  assert.match(String(headers['server-timing']), /total;dur=/);
  assert.equal((await post(daemon, 'resume')).body.state, 'running');
  assert.equal(daemon.engine.wakes, 1);
});

test('a guest that could not be made right is an error of resume, and runs', async () => {
  await using daemon = await withSandbox();
  await post(daemon, 'pause');
  daemon.engine.wakeSteps = [{ name: 'clock', ok: false, ms: 1, error: 'EPERM' }];
  const { status, body } = await post(daemon, 'resume');
  assert.deepEqual(
    [status, body.error.code, body.error.message],
    [500, 'sandbox.wake-failed', 'cannot make dev right after its pause: clock (EPERM)'],
  );
  assert.equal((await post(daemon, 'resume')).body.state, 'running');
});

const requests: [name: string, verb: string, body: object][] = [
  ['a command', 'exec', { argv: ['echo', 'x'] }],
  ['start', 'start', {}],
];
for (const [name, verb, body] of requests) {
  test(`${name} wakes a paused sandbox, and twenty at once wake it once`, async () => {
    await using daemon = await withSandbox();
    await post(daemon, 'pause');
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(daemon, verb, body)));
    assert.deepEqual(
      replies.map(({ status }) => status),
      Array(20).fill(200),
    );
    assert.equal(daemon.engine.wakes, 1);
  });
}

test('a sandbox that is stopped has its memory on disk, and the next request lets it go on', async () => {
  await using daemon = await withSandbox();
  for (const before of [[], ['pause'], ['stop']]) {
    for (const verb of before) await post(daemon, verb);
    assert.equal((await post(daemon, 'stop')).body.state, 'cold');
  }
  assert.equal((await post(daemon, 'exec', { argv: ['echo', 'x'] })).body.stdout, 'x\n');
  const { state, wake } = (await ask(daemon.socket, 'GET', '/v1/sandboxes/dev')).body;
  assert.deepEqual([state, wake.from], ['running', 'cold']);
});

test('a start hands on that what was saved is to be verified', async () => {
  await using daemon = await withSandbox();
  for (const verify of [true, false]) {
    await post(daemon, 'stop');
    assert.equal((await post(daemon, 'start', { verify })).body.state, 'running');
    assert.equal(daemon.engine.verified, verify);
  }
});

test('one that cannot be saved runs on', async () => {
  await using daemon = await withSandbox();
  daemon.engine.faults.set('save', new Error('no'));
  assert.equal((await post(daemon, 'stop')).status, 500);
  assert.equal((await ask(daemon.socket, 'GET', '/v1/sandboxes/dev')).body.state, 'running');
});

const contradictions: [name: string, body: object, why: RegExp][] = [
  ['killed and powered off', { force: true, poweroff: true }, /it is killed or powers itself off$/],
  ['saved with a timeout', { timeoutMs: 5000 }, /a timeout is for one that powers itself off$/],
];
for (const [name, body, why] of contradictions) {
  test(`one that is to be ${name} is left alone`, async () => {
    await using daemon = await withSandbox();
    const reply = await post(daemon, 'stop', body);
    assert.deepEqual([reply.status, reply.body.error.code], [400, 'request.invalid']);
    assert.match(reply.body.error.message, why);
    assert.equal((await ask(daemon.socket, 'GET', '/v1/sandboxes/dev')).body.state, 'running');
  });
}

test('a paused sandbox is powered off, and one that is stopped cannot be paused or resumed', async () => {
  await using daemon = await withSandbox();
  await post(daemon, 'pause');
  assert.equal((await post(daemon, 'stop', { poweroff: true })).body.state, 'stopped');
  for (const verb of ['pause', 'resume']) {
    const { status, body } = await post(daemon, verb);
    assert.deepEqual([status, body.error.code], [409, 'sandbox.not-running']);
  }
});

test('a pause that fails leaves the sandbox running, and a VM that ends while it is paused is shown', async () => {
  await using daemon = await withSandbox();
  daemon.engine.faults.set('pause', new Error('no'));
  assert.equal((await post(daemon, 'pause')).status, 500);
  assert.equal((await ask(daemon.socket, 'GET', '/v1/sandboxes/dev')).body.state, 'running');
  const { id } = (await post(daemon, 'pause')).body;
  daemon.engine.exit({ id, state: 'crashed', reason: 'QEMU died: SIGKILL' });
  assert.equal((await post(daemon, 'resume')).body.error.code, 'sandbox.crashed');
  const shown = (await ask(daemon.socket, 'GET', '/v1/sandboxes/dev')).body;
  assert.deepEqual([shown.state, shown.reason], ['crashed', 'QEMU died: SIGKILL']);
});
