import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FakeDaemon, startFakeDaemon } from './fake-daemon.ts';
import { ask } from './test-client.ts';

async function withSandbox(): Promise<FakeDaemon> {
  const daemon = await startFakeDaemon();
  await ask(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev', env: { A: '1' } });
  return daemon;
}

const post = (daemon: FakeDaemon, path: string, body?: object) => ask(daemon.socket, 'POST', `/v1${path}`, body);
const create = (daemon: FakeDaemon, name?: string) => post(daemon, '/sandboxes/dev/snapshots', name ? { name } : {});
const list = async (daemon: FakeDaemon, query = '') =>
  (await ask(daemon.socket, 'GET', `/v1/snapshots${query}`)).body.snapshots.map(
    ({ sandbox, name }) => `${sandbox}/${name}`,
  );

test('snapshots are made, listed, forked, gone back to and deleted', async () => {
  await using daemon = await withSandbox();
  const { status, body } = await create(daemon);
  assert.deepEqual(
    [status, body.name, body.sandbox, body.pausedMs, body.diskBytes],
    [201, 'snapshot-1', 'dev', 5, 4096],
  );
  await create(daemon, 'b');
  assert.deepEqual(await list(daemon), ['dev/snapshot-1', 'dev/b']);
  assert.deepEqual(await list(daemon, '?sandbox=other'), []);
  const forked = (await post(daemon, '/snapshots/dev%2Fb/fork', { count: 2 })).body.sandboxes;
  assert.deepEqual(
    forked.map(({ name, state, env }) => [name, state, env]),
    [
      ['dev-1', 'running', { A: '1' }],
      ['dev-2', 'running', { A: '1' }],
    ],
  );
  await ask(daemon.socket, 'POST', '/v1/sandboxes/dev/stop', { poweroff: true });
  assert.equal((await post(daemon, '/snapshots/dev/restore')).body.state, 'running');
  assert.equal((await ask(daemon.socket, 'DELETE', '/v1/snapshots/dev%2Fb')).body.name, 'b');
  assert.deepEqual(await list(daemon), ['dev/snapshot-1']);
});

test('of those without a name of their own the latest are kept', async () => {
  await using daemon = await startFakeDaemon(undefined, undefined, { snapshotsKept: 2 });
  await post(daemon, '/sandboxes', { name: 'dev' });
  for (const name of ['mine', undefined, undefined, undefined]) await create(daemon, name);
  assert.deepEqual(await list(daemon), ['dev/mine', 'dev/snapshot-2', 'dev/snapshot-3']);
});

test('a restore that fails leaves the sandbox as it was', async () => {
  await using daemon = await withSandbox();
  await create(daemon);
  daemon.engine.faults.set('restore', new Error('no'));
  const { status, body } = await post(daemon, '/snapshots/dev/restore');
  assert.deepEqual([status, body.error.code], [500, 'internal']);
  assert.equal((await ask(daemon.socket, 'GET', '/v1/sandboxes/dev')).body.state, 'running');
});

test('an image that a snapshot is made of stays', async () => {
  await using daemon = await withSandbox();
  await create(daemon);
  await ask(daemon.socket, 'DELETE', '/v1/sandboxes/dev');
  const { status, body } = await ask(daemon.socket, 'DELETE', '/v1/images/minimal');
  assert.deepEqual(
    [status, body.error.code, body.error.remedy],
    [409, 'image.in-use', 'bhatti snapshot delete dev/snapshot-1'],
  );
});

const refused: [name: string, path: string, body: object | undefined, status: number, code: string][] = [
  ['a name that is taken', '/sandboxes/dev/snapshots', { name: 'a' }, 409, 'name.taken'],
  ['a name that is none', '/sandboxes/dev/snapshots', { name: '../a' }, 400, 'name.invalid'],
  ['a fork of one that is not there', '/snapshots/dev%2Fb/fork', {}, 404, 'snapshot.not-found'],
  ['going back to one that is not there', '/snapshots/x/restore', undefined, 404, 'snapshot.not-found'],
];
for (const [name, path, body, status, code] of refused) {
  test(`refused: ${name}`, async () => {
    await using daemon = await withSandbox();
    await create(daemon, 'a');
    const reply = await post(daemon, path, body);
    assert.deepEqual([reply.status, reply.body.error.code], [status, code]);
  });
}
