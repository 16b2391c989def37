import assert from 'node:assert/strict';
import test from 'node:test';
import { BURST_MS, IDLE_MS, nextToMake, type ShapeDemand, surplus, wanted } from './demand.ts';

const NOW = 100 * IDLE_MS;
const limits = { clones: 3, memoryMib: 1000 };
const plenty = { availableMib: 8000, totalMib: 10_000 };
const ago = (...ms: number[]): number[] => ms.map((one) => NOW - one);
const shape = (key: string, also: Partial<ShapeDemand> = {}): ShapeDemand => ({
  ...{ key, createsMs: ago(1), ready: 0, cloneMib: 100, fullMib: 512 },
  ...also,
});

const wishes: [name: string, createsMs: number[], limits: { clones: number; memoryMib: number }, expected: number][] = [
  ['nobody asked', [], limits, 0],
  ['once just now', ago(1), limits, 1],
  ['once some minutes ago', ago(IDLE_MS - 1), limits, 1],
  ['once too long ago', ago(IDLE_MS + 1), limits, 0],
  ['twice within a minute', ago(BURST_MS - 1, 1), limits, 2],
  ['twice, of which one is long ago', ago(BURST_MS + 1, 1), limits, 1],
  ['more often than there may be clones', ago(5, 4, 3, 2, 1), limits, 3],
  ['the pool is off', ago(1), { ...limits, clones: 0 }, 0],
];
for (const [name, createsMs, also, expected] of wishes)
  test(`clones wanted: ${name}`, () => assert.equal(wanted({ createsMs }, also, NOW), expected));

const makings: [name: string, shapes: ShapeDemand[], memory: typeof plenty, expected: string | null][] = [
  ['one that lacks', [shape('a')], plenty, 'a'],
  ['none that lacks', [shape('a', { ready: 1 })], plenty, null],
  ['the one asked for last', [shape('a', { createsMs: ago(9) }), shape('b')], plenty, 'b'],
  ['what fits beside the others', [shape('a', { cloneMib: 901 }), shape('b', { ready: 1 })], plenty, null],
  ['nothing on a host that is full', [shape('a')], { availableMib: 1500, totalMib: 10_000 }, null],
  ['nothing that could not grow to its size', [shape('a', { fullMib: 7001 })], plenty, null],
];
for (const [name, shapes, memory, expected] of makings)
  test(`next to make: ${name}`, () => assert.equal(nextToMake(shapes, limits, memory, NOW), expected));

test('what nobody asks for any more is too much', () => {
  const shapes = [
    shape('old', { createsMs: ago(IDLE_MS + 1), ready: 2 }),
    shape('calm', { createsMs: ago(BURST_MS + 2, BURST_MS + 1), ready: 2 }),
    shape('right', { ready: 1 }),
  ];
  assert.deepEqual(
    [...surplus(shapes, limits, NOW)],
    [
      ['old', 2],
      ['calm', 1],
    ],
  );
});
