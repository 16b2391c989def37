import assert from 'node:assert/strict';
import test from 'node:test';
import { isAuthorized } from './credentials.ts';

// printf %s 0123456789abcdefs3cret | sha256sum
const LINE = 'lohar:0123456789abcdef:ff4396e4d59bfa3aa29828bc8c5b75cc371e4ab1262d7c59f6a42c66012c64e4\n';

const rows: [name: string, header: string | undefined, line: string, expected: boolean][] = [
  ['the right user and password', 'Basic bG9oYXI6czNjcmV0', LINE, true],
  ['the scheme in small letters', 'basic bG9oYXI6czNjcmV0', LINE, true],
  ['a wrong password', 'Basic bG9oYXI6czNjcmU=', LINE, false],
  ['an empty password', 'Basic bG9oYXI6', LINE, false],
  ['another user', 'Basic cm9vdDpzM2NyZXQ=', LINE, false],
  ['no colon', 'Basic bG9oYXJzM2NyZXQ=', LINE, false],
  ['no header', undefined, LINE, false],
  ['another scheme', 'Bearer abc', LINE, false],
  ['what is no base64', 'Basic ***', LINE, false],
  ['a server that has no password yet', 'Basic bG9oYXI6czNjcmV0', '', false],
  [
    'an empty salt',
    'Basic bG9oYXI6czNjcmV0',
    'lohar::ff4396e4d59bfa3aa29828bc8c5b75cc371e4ab1262d7c59f6a42c66012c64e4',
    false,
  ],
];
for (const [name, header, line, expected] of rows)
  test(`${name} ${expected ? 'is' : 'is not'} let in`, () => assert.equal(isAuthorized(header, line), expected));
