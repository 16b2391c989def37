import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeEngine } from '../ports/engine-fake.ts';
import { fakeStore } from '../ports/store-fake.ts';
import { startFakeDaemon } from './fake-daemon.ts';
import { ask } from './test-client.ts';

test('a daemon that starts again takes over what runs and ends what was cut off', async () => {
  const engine = new FakeEngine();
  const store = fakeStore();
  const ids: Record<string, string> = {};
  {
    await using daemon = await startFakeDaemon(engine, store);
    for (const name of ['kept', 'half-made', 'half-gone', 'half-stopped', 'half-started', 'died']) {
      ids[name] = (await ask(daemon.socket, 'POST', '/v1/sandboxes', { name })).body.id;
    }
  }
  // As a kill -9 in the middle of each operation leaves it.
  await store.sandboxes.update(ids['half-made'] ?? '', { state: 'creating' }, 1);
  await store.sandboxes.update(ids['half-gone'] ?? '', { state: 'destroying' }, 1);
  await store.sandboxes.update(ids['half-stopped'] ?? '', { state: 'stopping' }, 1);
  await store.sandboxes.update(ids['half-started'] ?? '', { state: 'starting' }, 1);
  await engine.stop(ids.died ?? '', { force: true, timeoutMs: 0 });
  await engine.create(
    { ...[...engine.vms.values()][0]?.spec, id: 'orphan' } as Parameters<FakeEngine['create']>[0],
    { step() {} },
    new AbortController().signal,
  );

  await using again = await startFakeDaemon(engine, store);
  const { sandboxes } = (await ask(again.socket, 'GET', '/v1/sandboxes')).body;
  assert.deepEqual(
    sandboxes.map(({ name, state, reason }) => [name, state, reason]),
    [
      ['kept', 'running', undefined],
      ['half-stopped', 'stopped', 'stopped by request'],
      ['half-started', 'stopped', 'not started: the daemon ended in the middle of it'],
      ['died', 'stopped', 'it ended while no daemon watched'],
    ],
  );
  assert.deepEqual([...engine.vms.keys()].sort(), sandboxes.map(({ id }) => id).sort());
  const ran = await ask(again.socket, 'POST', '/v1/sandboxes/kept/exec', { argv: ['echo', 'still here'] });
  assert.equal(ran.body.stdout, 'still here\n');
});
