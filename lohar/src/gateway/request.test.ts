import assert from 'node:assert/strict';
import test from 'node:test';
import { filePath, HEAD_SIZE_MAX, isOwnOrigin, parseRequest, type Request, webSocketKey } from './request.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const SOCKET = `Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}`;

function request(head: string): Request {
  const parsed = parseRequest(`${head}\r\n\r\n`);
  assert.equal(parsed.is, 'request');
  return (parsed as { request: Request }).request;
}

const parses: [name: string, text: string, expected: string][] = [
  ['half a head', 'GET / HTTP/1.1\r\nHost: x\r\n', 'more'],
  ['a whole head', 'GET /a.js?v=1 HTTP/1.1\r\nHost: x\r\n\r\nrest', 'request'],
  ['another protocol', 'GET / HTTP/2\r\nA: b\r\n\r\n', 'bad'],
  ['a proxy request', 'GET http://x/ HTTP/1.1\r\nA: b\r\n\r\n', 'bad'],
  ['a header over two lines', 'GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n', 'bad'],
  ['a blank before the colon', 'GET / HTTP/1.1\r\nA : b\r\n\r\n', 'bad'],
  ['a head without end', 'a'.repeat(HEAD_SIZE_MAX), 'bad'],
  ['200 headers', `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(200)}\r\n`, 'bad'],
];
for (const [name, text, expected] of parses)
  test(`${name}: ${expected}`, () => assert.equal(parseRequest(text).is, expected));

test('method, path and headers are told, and how long the head is', () => {
  const parsed = parseRequest('GET /a.js?v=1 HTTP/1.1\r\nHost:  x \r\n\r\nrest');
  assert.deepEqual(parsed, {
    is: 'request',
    request: { method: 'GET', path: '/a.js', headers: new Map([['host', 'x']]) },
    size: 37,
  });
});

const keys: [name: string, head: string, expected: string | null][] = [
  ['a handshake', `GET / HTTP/1.1\r\n${SOCKET}`, KEY],
  ['a POST', `POST / HTTP/1.1\r\n${SOCKET}`, null],
  ['a page', 'GET / HTTP/1.1\r\nHost: x', null],
  ['an old version', `GET / HTTP/1.1\r\n${SOCKET.replace('13', '8')}`, null],
  ['a short key', `GET / HTTP/1.1\r\n${SOCKET.replace(KEY, 'abc=')}`, null],
];
for (const [name, head, expected] of keys)
  test(`the key of ${name}`, () => assert.equal(webSocketKey(request(head)), expected));

const origins: [origin: string, own: boolean][] = [
  ['', true],
  ['\r\nOrigin: http://localhost:6080', true],
  ['\r\nOrigin: https://localhost:6080', true],
  ['\r\nOrigin: http://localhost:8000', false],
  ['\r\nOrigin: http://evil.example', false],
  ['\r\nOrigin: null', false],
];
for (const [origin, own] of origins)
  test(`a WebSocket of ${origin.trim() || 'no page'} is ${own ? '' : 'not '}from our own`, () =>
    assert.equal(isOwnOrigin(request(`GET / HTTP/1.1\r\nHost: localhost:6080${origin}`)), own));

const paths: [path: string, file: string | null][] = [
  ['/', 'index.html'],
  ['/core/rfb.js', 'core/rfb.js'],
  ['/../etc/passwd', null],
  ['/core/../../etc/passwd', null],
  ['/.hidden', null],
  ['/core//rfb.js', null],
  ['/%2e%2e/etc', null],
];
for (const [path, file] of paths) test(`${path} is ${file}`, () => assert.equal(filePath(path), file));
