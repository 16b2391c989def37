import assert from 'node:assert/strict';
import test from 'node:test';
import { NOTHING } from './phase.ts';
import { countsOf } from './phases.ts';

const rows: [name: string, output: string, passed: number, failed: number, skipped: number, reasons: string[]][] = [
  ['the last line counts', 'working\n12 passed, 0 failed\n', 12, 0, 0, []],
  ['failures count', '12 passed, 3 failed', 12, 3, 0, []],
  ['skipped tests count', '672 passed, 0 failed, 15 skipped\n', 672, 0, 15, ['15 tests: no reason given']],
  ['a reason may follow', '672 passed, 0 failed, 15 skipped (no clone3)\n', 672, 0, 15, ['15 tests: no clone3']],
];
for (const [name, output, passed, failed, skipped, reasons] of rows)
  test(name, () => assert.deepEqual(countsOf(output), { ...NOTHING, passed, failed, skipped, reasons }));

test('a program that does not count is no passed test', () =>
  assert.throws(() => countsOf('all fine\n'), /does not end with "N passed, N failed"$/));
