import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKey } from '../operations/keys.ts';
import { startFakeDaemon } from './fake-daemon.ts';
import { ask } from './test-client.ts';

test('the owner gets a copy of the store, a key that came over TCP does not', async () => {
  await using daemon = await startFakeDaemon();
  const { status, bytes } = await ask(daemon.socket, 'GET', '/v1/backup');
  assert.deepEqual([status, bytes.toString()], [200, 'a store']);
  const { key } = await createKey(daemon.context, 'ci');
  const remote = await ask(daemon.tcp, 'GET', '/v1/backup', undefined, { authorization: `Bearer ${key}` });
  assert.equal(remote.status, 401);
});
