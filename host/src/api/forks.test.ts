import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FakeDaemon, startFakeDaemon } from './fake-daemon.ts';
import { ask } from './test-client.ts';

async function withSandbox(): Promise<FakeDaemon> {
  const daemon = await startFakeDaemon();
  await ask(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev', env: { A: '1' }, labels: { team: 'web' } });
  return daemon;
}

const fork = (daemon: FakeDaemon, body: object) => ask(daemon.socket, 'POST', '/v1/sandboxes/dev/fork', body);
const list = async (daemon: FakeDaemon) => (await ask(daemon.socket, 'GET', '/v1/sandboxes')).body.sandboxes;

test('forks have what the sandbox has, and names of their own', async () => {
  await using daemon = await withSandbox();
  const { status, body } = await fork(daemon, { count: 2 });
  assert.deepEqual([status, body.pausedMs], [201, 5]);
  assert.deepEqual(
    body.sandboxes.map(({ name, state, env, labels, report }) => [name, state, env, labels, report.from]),
    ['dev-1', 'dev-2'].map((name) => [name, 'running', { A: '1' }, { team: 'web' }, 'fork']),
  );
  assert.equal((await fork(daemon, { name: 'try' })).body.sandboxes[0]?.name, 'try');
});

test('a fork that fails leaves nothing, and the sandbox runs', async () => {
  await using daemon = await withSandbox();
  daemon.engine.faults.set('fork', new Error('no'));
  assert.equal((await fork(daemon, { count: 3 })).status, 500);
  assert.deepEqual(
    (await list(daemon)).map(({ name, state }) => [name, state]),
    [['dev', 'running']],
  );
  assert.equal(daemon.engine.vms.size, 1);
});

const refused: [name: string, body: object, status: number, code: string][] = [
  ['no copies', { count: 0 }, 400, 'request.invalid'],
  ['too many', { count: 65 }, 400, 'request.invalid'],
  ['a name that is none', { name: '../x' }, 400, 'name.invalid'],
  ['a name that is taken', { name: 'dev' }, 409, 'name.taken'],
];
for (const [name, body, status, code] of refused) {
  test(`fork refuses ${name}, and leaves nothing`, async () => {
    await using daemon = await withSandbox();
    const reply = await fork(daemon, body);
    assert.deepEqual([reply.status, reply.body.error.code], [status, code]);
    assert.equal((await list(daemon)).length, 1);
  });
}

test('one that is powered off cannot be forked', async () => {
  await using daemon = await withSandbox();
  await ask(daemon.socket, 'POST', '/v1/sandboxes/dev/stop', { poweroff: true });
  const { status, body } = await fork(daemon, {});
  assert.deepEqual([status, body.error.code], [409, 'sandbox.not-running']);
});
