import assert from 'node:assert/strict';
import test from 'node:test';
import { formatBytes } from './byte-size.ts';

const rows: [size: number, text: string][] = [
  [0, '0B'],
  [21, '21B'],
  [1023, '1023B'],
  [1024, '1.0K'],
  [196_608, '192.0K'],
  [1_572_864, '1.5M'],
  [8_388_608, '8.0M'],
  [2_097_151, '1.9M'],
  [3 * 2 ** 30, '3.0G'],
];
for (const [size, text] of rows) test(text, () => assert.equal(formatBytes(size), text));
