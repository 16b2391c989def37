import assert from 'node:assert/strict';
import test from 'node:test';
import { guestMessage, request } from './schema.ts';
import { ShapeError } from './shape.ts';

const exec = { op: 'exec', argv: ['id'], env: { A: '1' }, stdin: false };

const good: [name: string, given: object][] = [
  ['exec', exec],
  [
    'exec with everything',
    { ...exec, cwd: '/', user: '0', timeoutMs: 5, tty: { rows: 1, cols: 2, term: 'x' }, session: 's' },
  ],
  ['a file with bytes that are no UTF-8 in its name', { op: 'file.stat', path: '/tmp/\udc80' }],
  ['file.read without a limit', { op: 'file.read', path: '/a', offset: 0 }],
];
for (const [name, given] of good) test(`accepts ${name}`, () => assert.deepEqual(request(given, ''), given));

const bad: [name: string, given: unknown, message: string][] = [
  ['no object', 7, 'document must be an object'],
  ['no op', {}, '.op must be a known name'],
  ['a NUL in a path', { op: 'file.stat', path: 'a\0b' }, '.path must be text without NUL'],
  ['a long path', { op: 'file.stat', path: 'x'.repeat(5000) }, '.path must be text of at most 4096 characters'],
  ['a name with = in it', { ...exec, env: { 'A=': '' } }, '.env must be an object with keys like ^[^=\\0]+$'],
  ['a number in argv', { ...exec, argv: ['a', 1] }, '.argv[1] must be text of at most 262144 characters'],
  ['port 0', { op: 'connect', port: 0 }, '.port must be a whole number from 1 to 65535'],
  [
    'a negative offset',
    { op: 'file.read', path: '/', offset: -1 },
    '.offset must be a whole number from 0 to 9007199254740991',
  ],
  ['half a terminal', { ...exec, tty: { rows: 1 } }, '.tty.cols must be a whole number from 1 to 65535'],
];
for (const [name, given, message] of bad) {
  test(`refuses ${name}`, () =>
    assert.throws(
      () => request(given, ''),
      (error) => error instanceof ShapeError && error.message === message,
    ));
}

test('leaves out what it does not know', () => {
  assert.deepEqual(request({ op: 'stats', __proto__: 1, more: 2 }, ''), { op: 'stats' });
});

test('an exit is a code or a signal', () => {
  for (const exit of [{ code: 3 }, { signal: 'SIGKILL', timedOut: true }]) {
    assert.deepEqual(guestMessage({ is: 'exit', exit }, ''), { is: 'exit', exit });
  }
  assert.throws(() => guestMessage({ is: 'exit', exit: { code: 256 } }, ''), ShapeError);
});
