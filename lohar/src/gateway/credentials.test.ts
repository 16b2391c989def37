import assert from 'node:assert/strict';
import test from 'node:test';
import { isAuthorized } from './credentials.ts';

// printf %s 0123456789abcdefs3cret | sha256sum
const LINE = 'lohar:0123456789abcdef:ff4396e4d59bfa3aa29828bc8c5b75cc371e4ab1262d7c59f6a42c66012c64e4\n';
const basic = (text: string): string => `Basic ${btoa(text)}`;

const rows: [name: string, header: string | undefined, line: string, expected: boolean][] = [
  ['the right user and password', basic('lohar:s3cret'), LINE, true],
  ['the scheme in small letters', basic('lohar:s3cret').replace('B', 'b'), LINE, true],
  ['a wrong password', basic('lohar:s3cre'), LINE, false],
  ['an empty password', basic('lohar:'), LINE, false],
  ['another user', basic('root:s3cret'), LINE, false],
  ['no colon', basic('lohars3cret'), LINE, false],
  ['no header', undefined, LINE, false],
  ['another scheme', 'Bearer abc', LINE, false],
  ['what is no base64', 'Basic ***', LINE, false],
  ['a server that has no password yet', basic('lohar:s3cret'), '', false],
  [
    'an empty salt',
    basic('lohar:s3cret'),
    'lohar::ff4396e4d59bfa3aa29828bc8c5b75cc371e4ab1262d7c59f6a42c66012c64e4',
    false,
  ],
];
for (const [name, header, line, expected] of rows)
  test(`${name} ${expected ? 'is' : 'is not'} let in`, () => assert.equal(isAuthorized(header, line), expected));
