import assert from 'node:assert/strict';
import test from 'node:test';
import { type Measurement, ratio, reached, table } from './measurement.ts';

const row = (samples: number[], goal?: Measurement['goal']): Measurement => ({
  name: 'create',
  unit: 'ms',
  samples,
  ...(goal && { goal }),
});

const goals: [name: string, row: Measurement, expected: boolean | undefined][] = [
  ['no goal is neither reached nor missed', row([1]), undefined],
  ['the median decides, not the worst', row([100, 200, 900], { of: 'p50', limit: 200 }), true],
  ['a limit just passed is missed', row([201], { of: 'p50', limit: 200 }), false],
  ['the worst decides where it is asked for', row([100, 200, 900], { of: 'max', limit: 200 }), false],
  ['at least', row([50], { of: 'p50', limit: 40, least: true }), true],
  ['less than at least', row([30], { of: 'p50', limit: 40, least: true }), false],
];
for (const [name, measured, expected] of goals) test(name, () => assert.equal(reached(measured), expected));

test('a ratio compares medians', () =>
  assert.deepEqual(ratio('warm beside cold', row([10, 20, 30]), row([200]), { limit: 0.1 }).samples, [0.1]));

test('the table lines up and says what was reached', () => {
  const rows = [
    row([100, 150, 900], { of: 'p50', limit: 160 }),
    { ...row([5], { of: 'p50', limit: 4 }), name: 'exec' },
  ];
  assert.deepEqual(table(rows).split('\n'), [
    '| row    | unit |   n |  min |  p50 |  p90 |  max | goal          |         |',
    '|--------|------|----:|-----:|-----:|-----:|-----:|---------------|---------|',
    '| create | ms   |   3 |  100 |  150 |  900 |  900 | ≤ 160 ms p50  | reached |',
    '| exec   | ms   |   1 | 5.00 | 5.00 | 5.00 | 5.00 | ≤ 4.00 ms p50 | MISSED  |',
  ]);
});
