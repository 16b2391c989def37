import assert from 'node:assert/strict';
import test from 'node:test';
import { mebibytes } from '@bhatti/wire/units.ts';
import { type AskedSizes, sizes } from './sizes.ts';

const image = { cpus: 4, memoryMib: 4096, sizeMib: 8192 };
const host = (cpus: number, memoryMib: number) => ({
  cpus,
  memoryMib: mebibytes(memoryMib),
  diskMib: mebibytes(65_536),
});

const cases: [name: string, asked: AskedSizes, cpus: number, memoryMib: number, got: [number, number]][] = [
  ["a tier's comfortable sizes where the host has them", {}, 8, 16_384, [4, 4096]],
  ['as much as the host has where it has less', {}, 2, 2048, [2, 2048]],
  ['what was asked for', { cpus: 1, memoryMib: 512 }, 8, 16_384, [1, 512]],
];
for (const [name, asked, cpus, memoryMib, got] of cases)
  test(name, () => {
    const given = sizes(asked, image, host(cpus, memoryMib));
    assert.deepEqual([given.cpus, given.memoryMib], got);
  });
