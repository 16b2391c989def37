import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';
import { coloursOf, readPng } from './png.ts';

function chunk(type: string, data: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  return Buffer.concat([size, Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
}

/** @param rows filter and filtered bytes of each row */
function png(width: number, rows: number[][]): Buffer {
  const head = Buffer.from([0, 0, 0, width, 0, 0, 0, rows.length, 8, 2, 0, 0, 0]);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.from(rows.flat())))]);
}

const filters: [name: string, rows: number[][], pixels: number[]][] = [
  ['none', [[0, 1, 2, 3, 4, 5, 6]], [1, 2, 3, 4, 5, 6]],
  ['left', [[1, 1, 2, 3, 1, 1, 255]], [1, 2, 3, 2, 3, 2]],
  [
    'up',
    [
      [0, 1, 2, 3, 4, 5, 6],
      [2, 1, 1, 1, 0, 0, 0],
    ],
    [1, 2, 3, 4, 5, 6, 2, 3, 4, 4, 5, 6],
  ],
  [
    'both',
    [
      [0, 2, 2, 2, 4, 4, 4],
      [3, 1, 1, 1, 1, 1, 1],
    ],
    [2, 2, 2, 4, 4, 4, 2, 2, 2, 4, 4, 4],
  ],
  [
    'Paeth',
    [
      [0, 9, 9, 9, 5, 5, 5],
      [4, 0, 0, 0, 1, 1, 1],
    ],
    [9, 9, 9, 5, 5, 5, 9, 9, 9, 6, 6, 6],
  ],
];
for (const [name, rows, pixels] of filters)
  test(`rows filtered by ${name} are read`, () => {
    const { width, height, pixels: read } = readPng(png(2, rows));
    assert.deepEqual([width, height, [...read]], [2, rows.length, pixels]);
  });

test('colours are counted', () => {
  assert.equal(coloursOf(readPng(png(2, [[0, 7, 7, 7, 7, 7, 7]]))), 1);
  assert.equal(coloursOf(readPng(png(2, [[0, 7, 7, 7, 7, 7, 8]]))), 2);
});

test('what is no PNG is refused', () => assert.throws(() => readPng(Buffer.from('GIF89a...')), /not a PNG: 9 bytes/));
