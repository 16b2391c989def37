import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { startFakeDaemon } from './fake-daemon.ts';
import { ask, talk } from './test-client.ts';

test('only the owner can open the unix socket', async () => {
  await using daemon = await startFakeDaemon();
  assert.equal(statSync(daemon.socket).mode & 0o777, 0o600);
});

test('over TCP a key lets in, and is known by its hash only', async () => {
  await using daemon = await startFakeDaemon();
  const made = (await ask(daemon.socket, 'POST', '/v1/keys', { name: 'ci' })).body;
  assert.match(made.key, /^bht_[0-9a-f]{64}$/);
  const bearer = { authorization: `Bearer ${made.key}` };
  assert.equal((await ask(daemon.tcp, 'GET', '/v1/sandboxes', undefined, bearer)).status, 200);
  assert.ok(!JSON.stringify(await daemon.context.store.keys.list()).includes(made.key.slice(12)));
  assert.deepEqual(
    (await ask(daemon.socket, 'GET', '/v1/keys')).body.keys.map(({ name, id }) => [name, id]),
    [['ci', made.key.slice(4, 12)]],
  );
  assert.ok(daemon.log.lines.every((line) => !line.includes(made.key)));
  assert.equal((await ask(daemon.socket, 'DELETE', '/v1/keys/ci')).status, 204);
  assert.equal((await ask(daemon.tcp, 'GET', '/v1/sandboxes', undefined, bearer)).status, 401);
  assert.equal((await ask(daemon.socket, 'DELETE', '/v1/keys/ci')).body.error.code, 'key.not-found');
});

const strangers: [name: string, headers: Record<string, string>][] = [
  ['without a key', {}],
  ['with an empty one', { authorization: 'Bearer ' }],
  ['with one of another form', { authorization: 'Bearer hunter2' }],
  ['with one that is not known', { authorization: `Bearer bht_${'0'.repeat(64)}` }],
  ['with another scheme', { authorization: 'Basic Zm9vOmJhcg==' }],
  ['with two', { authorization: `Bearer a b` }],
];
for (const [name, headers] of strangers) {
  test(`who comes over TCP ${name} stays outside`, async () => {
    await using daemon = await startFakeDaemon();
    for (const path of ['/v1/sandboxes', '/v1/nope', '/v1/sandboxes/dev/exec/ws']) {
      const { status, body } = await ask(daemon.tcp, 'GET', path, undefined, headers);
      assert.deepEqual([status, body.error.code], [401, 'request.unauthorized']);
    }
    assert.equal((await ask(daemon.tcp, 'GET', '/health', undefined, headers)).status, 200);
  });
}

test('a key makes no keys', async () => {
  await using daemon = await startFakeDaemon();
  const { key } = (await ask(daemon.socket, 'POST', '/v1/keys', { name: 'ci' })).body;
  const bearer = { authorization: `Bearer ${key}` };
  for (const method of ['GET', 'POST']) {
    const body = method === 'POST' ? { name: 'more' } : undefined;
    assert.equal((await ask(daemon.tcp, method, '/v1/keys', body, bearer)).status, 401);
  }
});

test('a WebSocket without a key is refused before it is one', async () => {
  await using daemon = await startFakeDaemon();
  const url = daemon.tcp.replace('http', 'ws');
  await assert.rejects(
    talk(`${url}/v1/sandboxes/dev/exec/ws`, '', () => {}),
    /Unexpected server response: 401/,
  );
});

test('a request that is no JSON, too long, or for no route says so', async () => {
  await using daemon = await startFakeDaemon();
  const raw = (text: string, type = 'application/json') =>
    ask(daemon.socket, 'POST', '/v1/sandboxes/dev/exec', Buffer.from(text), { 'content-type': type });
  const codes = await Promise.all([
    raw('{'),
    raw('[]'),
    raw('null'),
    raw('{"argv":["a"]}', 'text/plain'),
    raw(JSON.stringify({ argv: ['x'.repeat(2 << 20)] })),
    ask(daemon.socket, 'GET', '/v1/nope'),
    ask(daemon.socket, 'GET', '/../../etc/passwd'),
  ]);
  assert.deepEqual(
    codes.map(({ status, body }) => [status, body.error.code]),
    [
      [400, 'request.invalid'],
      [400, 'request.invalid'],
      [400, 'request.invalid'],
      [400, 'request.invalid'],
      [413, 'request.too-large'],
      [404, 'request.invalid'],
      [404, 'request.invalid'],
    ],
  );
});
