import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteReader, readBody, readHead } from './http-reply.ts';

/** Parses a reply that comes in pieces of `size` bytes. */
async function parse(text: string, size: number): Promise<string> {
  const bytes = Buffer.from(text, 'latin1');
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const reader = new ByteReader(pieces());
  try {
    const head = await readHead(reader);
    let body = '';
    for await (const piece of readBody(reader, head)) body += piece.toString('latin1');
    return `${head.status} ${head.headers.get('x') ?? '-'} ${body}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const CUT = 'the connection was closed in the middle of the reply';
const rows: [name: string, text: string, expected: string][] = [
  ['a body with its length', 'HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: 5\r\n\r\nhello', '200 1 hello'],
  [
    'a body in chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n',
    '200 - hello',
  ],
  ['trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: 1\r\n\r\n', '200 - a'],
  ['a body up to the end', 'HTTP/1.1 200 OK\r\n\r\nhello', '200 - hello'],
  ['no body', 'HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n', '204 1 '],
  ['an interim reply first', 'HTTP/1.1 103 Early\r\nX: 0\r\n\r\nHTTP/1.1 200 OK\r\nX: 1\r\n\r\n', '200 1 '],
  ['a body that is cut short', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello', CUT],
  ['chunks that are cut short', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhel', CUT],
  [
    'a chunk longer than it says',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n',
    'the reply is not HTTP: a bad chunk',
  ],
  [
    'a chunk of a bad size',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n',
    'the reply is not HTTP: a bad chunk',
  ],
  ['a head that is cut short', 'HTTP/1.1 200 OK\r\nX: ', CUT],
  ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n', 'no HTTP reply: "SSH-2.0-OpenSSH"'],
  [
    'a head without an end',
    `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}`,
    'the reply is not HTTP: a line without an end',
  ],
];
for (const [name, text, expected] of rows) {
  test(`reads ${name}, in pieces of any size`, async () => {
    for (const size of [1, 2, 7, 100_000]) {
      assert.equal(await parse(text, size), expected);
    }
  });
}
