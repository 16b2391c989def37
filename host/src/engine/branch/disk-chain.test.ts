import assert from 'node:assert/strict';
import test from 'node:test';
import { layerOf } from './disk-chain.ts';

const layers = ['image', 'base-1.qcow2', 'disk.qcow2', 'disk-0123abcd.qcow2'].map((name) => ({
  path: `/vms/x/${name}`,
  format: 'qcow2' as const,
}));
const rows: [name: string, top: string, expected: number][] = [
  ['one that QEMU was started with is named by its place', 'layer2', 2],
  ['one that was added is named as its file', 'disk-0123abcd', 3],
  ['one that is not known is none', 'disk-ffffffff', -1],
];
for (const [name, top, expected] of rows)
  test(`the layer that is written: ${name}`, () => assert.equal(layerOf(top, layers), expected));
