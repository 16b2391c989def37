import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeBase64 } from './base64.ts';

const rows: [text: string, bytes: number[]][] = [
  ['', []],
  ['AA==', [0]],
  ['/+8=', [255, 239]],
  ['AQID', [1, 2, 3]],
  ['3q2+7w==', [0xde, 0xad, 0xbe, 0xef]],
];
for (const [text, bytes] of rows) test(`base64 of '${text}'`, () => assert.deepEqual([...decodeBase64(text)], bytes));
