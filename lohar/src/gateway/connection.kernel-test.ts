import type { Fd } from '@bhatti/runtime/sys.ts';
import assert from '@bhatti/runtime/test-kit/assert.ts';
import { temporaryFolder } from '@bhatti/runtime/test-kit/folder.ts';
import test, { runtime, type TestContext } from '@bhatti/runtime/test-kit/test.ts';
import { Connection } from './connection.ts';
import { CHUNK_SIZE } from './half.ts';

const LINE = 'lohar:0123456789abcdef:ff4396e4d59bfa3aa29828bc8c5b75cc371e4ab1262d7c59f6a42c66012c64e4\n';
const AUTH = 'Authorization: Basic bG9oYXI6czNjcmV0'; // lohar:s3cret
const SOCKET =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

interface Client {
  /** The desktop's server, to be accepted from. */
  readonly server: Fd;
  send(text: string): void;
  /** All that has come, as text with a character a byte, once it holds `wanted` or the connection is over. */
  receive(wanted: string): Promise<string>;
}

function connect(t: TestContext): Client {
  const { sys, loop } = runtime();
  const folder = temporaryFolder(t);
  sys.writeFile(`${folder}/credentials`, LINE);
  sys.writeFile(`${folder}/index.html`, 'the page');
  const server = sys.listenUnix(`${folder}/target`, 'stream', 0o600);
  const [own, theirs] = sys.socketpair('stream');
  const files = { root: folder, credentials: `${folder}/credentials`, target: `${folder}/target` };
  new Connection(sys, loop, theirs, files, new Uint8Array(CHUNK_SIZE), () => {});
  t.after(() => [server, own].forEach((fd) => void sys.close(fd)));
  return { server, send: (text) => void sys.write(own, bytes(text)), receive: (wanted) => receive(own, wanted) };
}

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

function receive(fd: Fd, wanted: string): Promise<string> {
  const { sys, loop } = runtime();
  let text = '';
  const buffer = new Uint8Array(CHUNK_SIZE);
  return new Promise((resolve) => {
    const watch = loop.watch(fd, 'in', () => {
      const count = sys.read(fd, buffer);
      for (const byte of buffer.subarray(0, Math.max(0, count))) text += String.fromCharCode(byte);
      if (count !== 0 && !text.includes(wanted)) return;
      watch.stop();
      resolve(text);
    });
  });
}

const NOTHING = '\0none\0';
const answers: [name: string, request: string, status: string][] = [
  ['a page without a password', 'GET / HTTP/1.1\r\nHost: x', '401 Unauthorized'],
  ['a WebSocket without a password', `GET /websockify HTTP/1.1\r\nHost: x\r\n${SOCKET}`, '401 Unauthorized'],
  ['a page with another password', 'GET / HTTP/1.1\r\nAuthorization: Basic bG9oYXI6eA==', '401 Unauthorized'],
  ['what is not there', `GET /nope.js HTTP/1.1\r\n${AUTH}`, '404 Not Found'],
  ['what is not the page', `GET /../credentials HTTP/1.1\r\n${AUTH}`, '404 Not Found'],
  ['a POST', `POST / HTTP/1.1\r\n${AUTH}`, '405 Method Not Allowed'],
  [
    "another page's WebSocket",
    `GET / HTTP/1.1\r\nHost: x\r\nOrigin: http://y\r\n${AUTH}\r\n${SOCKET}`,
    '403 Forbidden',
  ],
  ['what is no request', 'hello', '400 Bad Request'],
];
for (const [name, request, status] of answers)
  test(`the gateway answers ${name} with ${status}`, async (t) => {
    const client = connect(t);
    client.send(`${request}\r\n\r\n`);
    const [first] = (await client.receive(NOTHING)).split('\r\n');
    assert.equal(first, `HTTP/1.1 ${status}`);
    assert.equal(runtime().sys.accept(client.server), null);
  });

test('the gateway serves a file to who has the password', async (t) => {
  const client = connect(t);
  client.send(`GET / HTTP/1.1\r\n${AUTH}\r\n\r\n`);
  const answer = await client.receive(NOTHING);
  assert.ok(answer.startsWith('HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 8\r\n'));
  assert.ok(answer.endsWith('\r\n\r\nthe page'));
});

test('the gateway passes messages both ways, however they are cut, and ends with the desktop', async (t) => {
  const { sys } = runtime();
  const client = connect(t);
  client.send(`GET /websockify HTTP/1.1\r\nHost: x\r\n${AUTH}\r\nSec-WebSocket-Protocol: binary\r\n${SOCKET}\r\n`);
  client.send('\r\n\x82\x85\x01\x02\x03\x04'); // the head of a message of 5 bytes, masked with 1, 2, 3, 4
  const head = await client.receive('\r\n\r\n');
  assert.ok(head.startsWith('HTTP/1.1 101 Switching Protocols\r\n'));
  assert.ok(head.includes('\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n'));
  const target = sys.accept(client.server);
  assert.ok(target !== null);
  client.send('ig');
  client.send('ohn');
  assert.equal(await receive(target, 'hello'), 'hello');
  sys.write(target, sys.encode('x'.repeat(300)));
  assert.equal(await client.receive('x'.repeat(300)), `\x82\x7e\x01\x2c${'x'.repeat(300)}`);
  sys.close(target);
  assert.equal(await client.receive(NOTHING), '');
});
