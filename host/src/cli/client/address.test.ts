import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { daemonAddress } from './address.ts';

const SOCKET = { kind: 'unix', path: '/d/api.sock' };
const tcp = (host: string, port: number, tls: boolean, key?: string) => ({
  kind: 'tcp',
  host,
  port,
  tls,
  ...(key === undefined ? {} : { key }),
});
type Row = [name: string, options: { url?: string; token?: string }, env: Record<string, string>, expected: object];
const rows: Row[] = [
  ['nothing said: the socket', {}, {}, SOCKET],
  ['a token alone changes nothing', { token: 'k' }, { BHATTI_TOKEN: 'e' }, SOCKET],
  ['an empty variable is none', {}, { BHATTI_URL: '' }, SOCKET],
  ['the variable', {}, { BHATTI_URL: 'http://127.0.0.1:8440' }, tcp('127.0.0.1', 8440, false)],
  [
    'the flag before the variable',
    { url: 'https://b.example' },
    { BHATTI_URL: 'http://a.example' },
    tcp('b.example', 443, true),
  ],
  ['a key from the variable', { url: 'http://h.test:1/' }, { BHATTI_TOKEN: 'e' }, tcp('h.test', 1, false, 'e')],
  [
    'a key from the flag first',
    { url: 'http://h.test:1', token: 'f' },
    { BHATTI_TOKEN: 'e' },
    tcp('h.test', 1, false, 'f'),
  ],
  ['an IPv6 address', { url: 'http://[::1]:8440' }, {}, tcp('::1', 8440, false)],
];
for (const [name, options, env, expected] of rows) {
  test(`address: ${name}`, () => assert.deepEqual(daemonAddress(options, env, SOCKET.path), expected));
}

for (const url of [
  'localhost:8440',
  'ftp://h.test',
  'http://',
  'http://h.test:99999',
  'http://h.test/path',
  'http://user@h.test',
]) {
  test(`${url} is no address`, () => {
    assert.throws(
      () => daemonAddress({ url }, {}, SOCKET.path),
      (e) => e instanceof BhattiError && e.code === 'request.invalid',
    );
  });
}
