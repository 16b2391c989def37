import assert from 'node:assert/strict';
import test from 'node:test';
import { parsePublicKey, whyNotSigned } from './minisign.ts';

/** Made with minisign 0.11. */
const KEY = 'RWR+YePnVDiSYDZElcNEZ5CnOfaYcEoUTYF3WkLenxhspSZnz56tnd3A';
const SIGNATURE = `untrusted comment: signature from minisign secret key
RUR+YePnVDiSYBEnJ7mCMllP9D9RcWSPRHnI65MtgxUdtVeA8NtULPnpOLqDTxRqcW2S0Xb5dXM/CSFdm9sEjm6U8n5iqJ6kJwo=
trusted comment: release 1
qzAYPlKFBkhQ4cOwVhMyFOVAsQKBr2Otm+59x+oGmKitHYi6GzVRamBSXg5alZ0zjSh1N+2LD1YW1aikIpRvBA==
`;
const CONTENT = 'a release\n';

const cases: [name: string, content: string, signature: string, why: string | null][] = [
  ['what minisign signed holds', CONTENT, SIGNATURE, null],
  ['another content', 'a release', SIGNATURE, 'its signature does not fit its content'],
  ['another comment', CONTENT, SIGNATURE.replace('release 1', 'release 2'), "its signature's comment was changed"],
  ['another key', CONTENT, SIGNATURE.replace('RUR+Ye', 'RUR+Yf'), 'it is signed with another key'],
  ['noise', CONTENT, 'noise', 'its signature is not one of minisign'],
  ['nothing', CONTENT, '', 'its signature is not one of minisign'],
];
for (const [name, content, signature, why] of cases)
  test(name, () => {
    const key = parsePublicKey(KEY);
    assert.ok(key);
    assert.equal(whyNotSigned(Buffer.from(content), signature, key), why);
  });

test('only a public key of minisign is one', () => {
  for (const text of ['', 'RWR+YePnVDiSYDZE', 'x'.repeat(56)]) assert.equal(parsePublicKey(text), null);
});
