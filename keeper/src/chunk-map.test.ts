import assert from 'node:assert/strict';
import test from 'node:test';
import { CHUNK_SIZE, ChunkMap } from './chunk-map.ts';

const marks: [name: string, marks: [start: number, end: number][], hex: string][] = [
  ['nothing', [], '0000'],
  ['a byte', [[0, 1]], '0100'],
  ['the end of a chunk', [[CHUNK_SIZE - 1, CHUNK_SIZE]], '0100'],
  ['over a border', [[CHUNK_SIZE - 1, CHUNK_SIZE + 1]], '0300'],
  ['all but the last', [[0, 9 * CHUNK_SIZE]], 'ff01'],
  ['the last', [[9 * CHUNK_SIZE, 9 * CHUNK_SIZE + 4096]], '0002'],
];
for (const [name, ranges, hex] of marks)
  test(`chunks of ${name}`, () => {
    const map = new ChunkMap(9 * CHUNK_SIZE + 4096);
    for (const [start, end] of ranges) map.mark(start, end);
    assert.equal(map.hex(), hex);
  });
