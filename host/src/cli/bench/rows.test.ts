import assert from 'node:assert/strict';
import test from 'node:test';
import { besideCold, cells, OPERATIONS, type Row, rowsOf } from './rows.ts';

const cold: Row = { operation: 'cold', samples: [3000, 3600, 4000] };

const shares: [name: string, row: Row, rows: readonly Row[], expected: string][] = [
  ['a boot is not beside itself', cold, [cold], ''],
  ['medians are compared', { operation: 'pool', samples: [1, 40, 4000] }, [cold], '1/90'],
  ['below ten a digit more', { operation: 'template', samples: [1000] }, [cold], '1/3.6'],
  ['what is slower has no share', { operation: 'parallel', samples: [5000] }, [cold], ''],
  ['without a cold boot there is nothing to compare', { operation: 'pool', samples: [40] }, [], ''],
];
for (const [name, row, rows, expected] of shares) test(name, () => assert.equal(besideCold(row, rows), expected));

test('what was not measured is no row; the others stand in the order of the story', () => {
  const none = Object.fromEntries(Object.keys(OPERATIONS).map((one) => [one, []])) as unknown as Parameters<
    typeof rowsOf
  >[0];
  const rows = rowsOf({ ...none, destroy: [9], cold: [3600] });
  assert.deepEqual(
    rows.map(({ operation }) => operation),
    ['cold', 'destroy'],
  );
});

test('a row in cells', () =>
  assert.deepEqual(cells(cold, [cold]), ['create, booted from power-on', '3', '3000', '3600', '4000', '4000', '']));
