import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FakeDaemon, startFakeDaemon } from './fake-daemon.ts';
import { ask, begin } from './test-client.ts';

async function startWithSandbox(): Promise<FakeDaemon> {
  const daemon = await startFakeDaemon();
  await ask(daemon.socket, 'POST', '/v1/sandboxes', { name: 'dev' });
  return daemon;
}

const FILES = '/v1/sandboxes/dev/files';

test('a file is written, read, described, listed and removed', async () => {
  await using daemon = await startWithSandbox();
  const content = Buffer.from([0, 1, 2, 255, 10, 13]);
  assert.equal((await ask(daemon.socket, 'PUT', `${FILES}?path=/x&mode=0600`, content)).body.size, 6);
  const read = await ask(daemon.socket, 'GET', `${FILES}?path=/x`);
  assert.deepEqual([read.bytes, read.headers['x-file-size']], [content, '6']);
  assert.deepEqual(
    (await ask(daemon.socket, 'GET', `${FILES}?path=/x&offset=2&limit=3`)).bytes,
    content.subarray(2, 5),
  );
  const head = await ask(daemon.socket, 'HEAD', `${FILES}?path=/x`);
  assert.deepEqual([head.status, head.bytes.length, head.headers['x-file-type']], [200, 0, 'file']);
  assert.equal((await ask(daemon.socket, 'GET', '/v1/sandboxes/dev/stat?path=/x')).body.size, 6);
  const listed = (await ask(daemon.socket, 'GET', '/v1/sandboxes/dev/directories?path=/')).body;
  assert.deepEqual([listed.entries.map(({ path }) => path), listed.truncated], [['/x'], false]);
  assert.equal((await ask(daemon.socket, 'DELETE', `${FILES}?path=/x`)).status, 204);
  const gone = await ask(daemon.socket, 'GET', `${FILES}?path=/x`);
  assert.deepEqual([gone.status, gone.body.error.code], [404, 'file.not-found']);
});

test('10 MiB go both ways unharmed', async () => {
  await using daemon = await startWithSandbox();
  const content = Buffer.alloc(10 << 20, 'bhatti and lohar ');
  assert.equal((await ask(daemon.socket, 'PUT', `${FILES}?path=/big`, content)).status, 200);
  assert.ok((await ask(daemon.socket, 'GET', `${FILES}?path=/big`)).bytes.equals(content));
});

const refused: [name: string, method: string, path: string, message: RegExp][] = [
  ['a relative path', 'GET', `${FILES}?path=x`, /it is not absolute/],
  ['no path', 'GET', FILES, /path: /],
  ['a path with a NUL byte', 'GET', `${FILES}?path=/a%00b`, /NUL byte/],
  ['a path of 5000 bytes', 'GET', `${FILES}?path=/${'a'.repeat(5000)}`, /longer than 4095/],
  ['a negative offset', 'GET', `${FILES}?path=/x&offset=-1`, /offset: /],
  ['a mode that is none', 'PUT', `${FILES}?path=/x&mode=rwx`, /mode: a mode has 3 or 4 octal digits/],
  ['a flag that is neither', 'DELETE', `${FILES}?path=/x&recursive=maybe`, /recursive: /],
];
for (const [name, method, path, message] of refused) {
  test(`a file request with ${name} is refused`, async () => {
    await using daemon = await startWithSandbox();
    const { status, body } = await ask(daemon.socket, method, path, method === 'PUT' ? Buffer.from('x') : undefined);
    assert.deepEqual([status, body.error.code], [400, 'request.invalid']);
    assert.match(body.error.message, message);
  });
}

test('an upload whose client goes away writes nothing', async () => {
  await using daemon = await startWithSandbox();
  const [vm] = daemon.engine.vms.values();
  const upload = begin(daemon.socket, 'PUT', `${FILES}?path=/half`, undefined, {
    'content-length': '1000',
    'content-type': 'application/octet-stream',
  });
  upload.on('socket', (socket) => socket.on('connect', () => setImmediate(() => upload.destroy())));
  await new Promise((resolve) => upload.on('close', resolve));
  assert.equal((await ask(daemon.socket, 'GET', '/v1/sandboxes/dev')).status, 200);
  await vm?.agent.settled();
  assert.equal(vm?.agent.files.has('/half'), false);
});
