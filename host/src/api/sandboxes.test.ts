import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeDaemon } from './fake-daemon.ts';
import { ask, begin, frames } from './test-client.ts';

test('a sandbox is created, shown, listed, stopped, started and destroyed', async () => {
  await using daemon = await startFakeDaemon();
  const made = await ask(daemon.socket, 'POST', '/v1/sandboxes', {
    name: 'dev',
    env: { A: '1' },
    labels: { team: 'web' },
  });
  assert.equal(made.status, 201);
  assert.deepEqual(
    [made.body.name, made.body.state, made.body.image, made.body.cpus, made.body.memoryMib, made.body.diskMib],
    ['dev', 'running', 'minimal', 1, 512, 1024],
  );
  assert.match(String(made.headers['server-timing']), /spawn;dur=1, hello;dur=2, total;dur=/);
  const { id } = made.body;
  for (const reference of ['dev', id, id.slice(0, 6)]) {
    assert.equal((await ask(daemon.socket, 'GET', `/v1/sandboxes/${reference}`)).body.id, id);
  }
  const listed = (query: string) => ask(daemon.socket, 'GET', `/v1/sandboxes${query}`);
  assert.equal((await listed('?label=team=web')).body.sandboxes.length, 1);
  assert.equal((await listed('?label=team=web&label=x=y')).body.sandboxes.length, 0);
  assert.equal((await ask(daemon.socket, 'POST', '/v1/sandboxes/dev/stop', {})).body.state, 'cold');
  assert.equal((await ask(daemon.socket, 'POST', '/v1/sandboxes/dev/stop')).body.state, 'cold');
  assert.equal((await ask(daemon.socket, 'POST', '/v1/sandboxes/dev/start')).body.state, 'running');
  assert.equal((await ask(daemon.socket, 'DELETE', '/v1/sandboxes/dev')).status, 200);
  assert.deepEqual((await listed('')).body, { sandboxes: [] });
  assert.equal(daemon.engine.vms.size, 0);
});

const refused: [name: string, body: object, status: number, code: string, message: RegExp][] = [
  ['an empty name', { name: '' }, 400, 'name.invalid', /^cannot name a sandbox "": it is empty$/],
  ['a name with a slash', { name: 'a/b' }, 400, 'name.invalid', /only a-z, 0-9 and dashes inside/],
  ['a name of dots', { name: '../..' }, 400, 'name.invalid', /only a-z/],
  ['a leading dash', { name: '-rf' }, 400, 'name.invalid', /begins with a dash/],
  ['300 characters', { name: 'a'.repeat(300) }, 400, 'name.invalid', /it has 300 characters, 63 are allowed/],
  ['no cpus', { cpus: 0 }, 400, 'size.invalid', /^cannot give a sandbox 0 cpus: it needs at least 1$/],
  ['less than no cpus', { cpus: -1 }, 400, 'size.invalid', /-1 cpus/],
  ['half a cpu', { cpus: 0.5 }, 400, 'size.invalid', /not a whole number/],
  ['more cpus than there are', { cpus: 99 }, 400, 'size.invalid', /this host has 2$/],
  ['no memory', { memoryMib: 0 }, 400, 'size.invalid', /at least 128 MiB/],
  ['more memory than there is', { memoryMib: 99_999 }, 400, 'size.invalid', /this host has 8192 MiB/],
  ['a disk smaller than its image', { diskMib: 1 }, 400, 'size.invalid', /image alone has 1024 MiB/],
  ['a disk larger than the host has', { diskMib: 999_999 }, 400, 'size.invalid', /this host has 65536 MiB/],
  ['an unknown image', { image: 'nope' }, 404, 'image.not-found', /there are minimal/],
  ['an image with a path', { image: '../../etc' }, 404, 'image.not-found', /there are minimal/],
  ['an unknown key', { nmae: 'dev' }, 400, 'request.invalid', /nmae/],
  ['a bad variable', { env: { 'A B': '1' } }, 400, 'request.invalid', /"A B" is no name of a variable/],
  ['a bad label', { labels: { 'a b': '1' } }, 400, 'request.invalid', /"a b" is no label/],
  ['a relative file', { files: [{ path: 'x', content: '' }] }, 400, 'request.invalid', /it is not absolute/],
];
for (const [name, body, status, code, message] of refused) {
  test(`create refuses ${name} and leaves nothing`, async () => {
    await using daemon = await startFakeDaemon();
    const reply = await ask(daemon.socket, 'POST', '/v1/sandboxes', body);
    assert.deepEqual([reply.status, reply.body.error.code], [status, code]);
    assert.match(reply.body.error.message, message);
    assert.match(reply.body.error.requestId, /^req_[0-9a-f]{16}$/);
    assert.ok(reply.body.error.remedy.length > 0);
    assert.equal(daemon.engine.vms.size, 0);
    assert.deepEqual(await daemon.context.store.sandboxes.list(), []);
  });
}

test('of two creates with one name at once, one wins', async () => {
  await using daemon = await startFakeDaemon();
  const both = await Promise.all([1, 2].map(() => ask(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev' })));
  assert.deepEqual(both.map((reply) => reply.status).sort(), [201, 409]);
  assert.equal(both.find((reply) => reply.status === 409)?.body.error.code, 'name.taken');
  assert.equal(daemon.engine.vms.size, 1);
});

test('a create whose client goes away leaves nothing', async () => {
  await using daemon = await startFakeDaemon();
  for (const accept of ['application/json', 'application/x-ndjson']) {
    const gate = Promise.withResolvers<void>();
    daemon.engine.gate = gate.promise;
    const request = begin(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev' }, { accept });
    await until(async () => (await daemon.context.store.sandboxes.list()).length === 1);
    request.destroy();
    await until(async () => (await daemon.context.store.sandboxes.list()).length === 0);
    assert.equal(daemon.engine.vms.size, 0);
    gate.resolve();
  }
});

test('a create that fails in the engine leaves nothing and says why', async () => {
  await using daemon = await startFakeDaemon();
  daemon.engine.faults.set('create', new Error('with a secret inside'));
  const reply = await ask(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev' });
  assert.deepEqual([reply.status, reply.body.error.code], [500, 'internal']);
  assert.ok(!JSON.stringify(reply.body).includes('secret'));
  assert.deepEqual(await daemon.context.store.sandboxes.list(), []);
});

test('create tells its progress line by line', async () => {
  await using daemon = await startFakeDaemon();
  const lines = await frames(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev' });
  assert.deepEqual(
    lines.map((line) => line.type),
    ['accepted', 'progress', 'result'],
  );
  assert.deepEqual([lines[0]?.name, lines[1]?.label, lines[1]?.fraction], ['dev', 'fork the template', 0.5]);
  const again = await frames(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev' });
  assert.equal(again.at(-1)?.error?.code, 'name.taken');
});

test('files are there before the init script runs as a session', async () => {
  await using daemon = await startFakeDaemon();
  const content = Buffer.from('hello').toString('base64');
  const body = { name: 'dev', init: 'make', files: [{ path: '/workspace/x', content, mode: 0o600 }] };
  assert.equal((await ask(daemon.socket, 'POST', '/v1/sandboxes', body)).status, 201);
  const [vm] = daemon.engine.vms.values();
  assert.deepEqual(
    vm?.agent.seen.map((request) => request.op),
    ['file.write', 'exec'],
  );
  assert.equal(vm?.agent.files.get('/workspace/x')?.toString(), 'hello');
  assert.deepEqual([...(vm?.agent.sessions.keys() ?? [])], ['init']);
});

test('a guest that ends by itself is shown as what it is', async () => {
  await using daemon = await startFakeDaemon();
  const { id } = (await ask(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev' })).body;
  daemon.engine.exit({ id, state: 'crashed', reason: 'kernel panic' });
  await until(async () => (await daemon.context.store.sandboxes.find(id))?.state === 'crashed');
  const shown = (await ask(daemon.socket, 'GET', '/v1/sandboxes/dev')).body;
  assert.deepEqual([shown.state, shown.reason, shown.console], ['crashed', 'kernel panic', []]);
  const refusal = await ask(daemon.socket, 'POST', '/v1/sandboxes/dev/exec', { argv: ['echo'] });
  assert.deepEqual(
    [refusal.status, refusal.body.error],
    [
      409,
      {
        code: 'sandbox.crashed',
        message: 'cannot reach dev: it has crashed (kernel panic)',
        remedy: 'bhatti logs dev shows its last lines, bhatti start dev boots it again',
        requestId: refusal.body.error.requestId,
      },
    ],
  );
  assert.equal((await ask(daemon.socket, 'POST', '/v1/sandboxes/dev/start')).body.state, 'running');
});

test('operations on one sandbox take turns, and give up after a while', async () => {
  await using daemon = await startFakeDaemon();
  await ask(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev' });
  await ask(daemon.socket, 'POST', '/v1/sandboxes/dev/stop', { poweroff: true });
  const gate = Promise.withResolvers<void>();
  daemon.engine.gate = gate.promise;
  const starting = ask(daemon.socket, 'POST', '/v1/sandboxes/dev/start');
  await until(async () => (await daemon.context.store.sandboxes.list())[0]?.state === 'starting');
  const refusal = await ask(daemon.socket, 'DELETE', '/v1/sandboxes/dev');
  assert.deepEqual(
    [refusal.body.error.code, refusal.body.error.message],
    ['sandbox.busy', 'cannot change the sandbox: it is being started'],
  );
  const destroying = ask(daemon.socket, 'DELETE', '/v1/sandboxes/dev');
  gate.resolve();
  assert.deepEqual([(await starting).status, (await destroying).status], [200, 200]);
});

test('values of the environment reach neither the log nor a list', async () => {
  await using daemon = await startFakeDaemon();
  const env = { TOKEN: 'hunter2' };
  await ask(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev', env });
  await ask(daemon.socket, 'POST', '/v1/sandboxes/dev/exec', { argv: ['env'], env });
  await ask(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev', env: { 'TOK EN': 'hunter2' } });
  assert.ok(!JSON.stringify((await ask(daemon.socket, 'GET', '/v1/sandboxes')).body).includes('hunter2'));
  assert.deepEqual(
    daemon.log.lines.filter((line) => line.includes('hunter2')),
    [],
  );
});

/** Waits for a condition, not for time to pass. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, 'the condition did not come to hold');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
