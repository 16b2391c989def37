import assert from 'node:assert/strict';
import test from 'node:test';
import { hostsWith } from './identity.ts';

const rows: [name: string, before: string, after: string][] = [
  ['an empty file gets the usual lines', '', '127.0.0.1\tlocalhost\n127.0.1.1\tdev\n::1\tip6-localhost ip6-loopback\n'],
  [
    'the name of the template goes',
    '127.0.0.1 localhost\n127.0.1.1 template\n::1 localhost\n',
    '127.0.0.1 localhost\n127.0.1.1\tdev\n::1 localhost\n',
  ],
  [
    "the user's lines stay in place",
    '# mine\n127.0.0.1 localhost\n10.1.2.3 db\n::1 localhost\n',
    '# mine\n127.0.0.1 localhost\n127.0.1.1\tdev\n10.1.2.3 db\n::1 localhost\n',
  ],
];
for (const [name, before, after] of rows) test(name, () => assert.equal(hostsWith(before, 'dev'), after));
