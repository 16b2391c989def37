import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import test from 'node:test';
import { borrowRequestBytes } from './bytes.ts';
import type { Call } from './env.ts';

const callWith = (...pieces: Uint8Array[]) => ({ env: { incoming: Readable.from(pieces) } }) as unknown as Call;

test('the memory of a piece is given back when the next is asked for', async () => {
  const pieces = [new Uint8Array(3).fill(1), new Uint8Array(4).fill(2)];
  const seen: number[][] = [];
  for await (const bytes of borrowRequestBytes(callWith(...pieces))) seen.push([...bytes]);
  assert.deepEqual(seen, [
    [1, 1, 1],
    [2, 2, 2, 2],
  ]);
  assert.deepEqual(
    pieces.map(({ length }) => length),
    [0, 0],
  );
});

test('memory that others share stays', async () => {
  const shared = new Uint8Array(8).fill(7);
  for await (const bytes of borrowRequestBytes(callWith(shared.subarray(2, 4)))) assert.deepEqual([...bytes], [7, 7]);
  assert.equal(shared.length, 8);
});
