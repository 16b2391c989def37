import assert from 'node:assert/strict';
import test from 'node:test';
import { figure, percentile, summarize } from './statistics.ts';

const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
const rows: [name: string, samples: number[], fraction: number, expected: number][] = [
  ['of one sample it is that sample', [7], 0.5, 7],
  ['the median of an odd count is the middle', [9, 1, 5], 0.5, 5],
  ['the median of an even count is the lower middle', [1, 2, 3, 4], 0.5, 2],
  ['p90 of 1..100 is 90', hundred, 0.9, 90],
  ['p99 of 1..100 is 99', hundred, 0.99, 99],
  ['p99 of ten is the largest', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.99, 10],
  ['0 is the smallest', hundred, 0, 1],
  ['1 is the largest', hundred, 1, 100],
  ['numbers are compared as numbers', [10, 9, 100], 1, 100],
];
for (const [name, samples, fraction, expected] of rows)
  test(`percentile: ${name}`, () => assert.equal(percentile(samples, fraction), expected));

test('samples are left as they were', () => {
  const samples = [3, 1, 2];
  summarize(samples);
  assert.deepEqual(samples, [3, 1, 2]);
});
test('no samples have no percentile', () => assert.throws(() => percentile([], 0.5), RangeError));
test('a fraction is 0 to 1', () => assert.throws(() => percentile([1], 50), RangeError));

const figures: [number, string][] = [
  [0, '0'],
  [0.04567, '0.046'],
  [0.3456, '0.346'],
  [3.456, '3.46'],
  [34.56, '34.6'],
  [345.6, '346'],
  [3456.7, '3457'],
];
for (const [value, text] of figures) test(`${value} is written ${text}`, () => assert.equal(figure(value), text));
