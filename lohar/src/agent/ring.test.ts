import assert from 'node:assert/strict';
import test from 'node:test';
import { Ring } from './ring.ts';

const bytes = (from: number, to: number): Uint8Array =>
  Uint8Array.from({ length: to - from }, (_, n) => (from + n) & 255);

function all(ring: Ring, from: number): number[] {
  const read: number[] = [];
  for (let at = from; at < ring.end; ) {
    const piece = ring.piece(at, 1000);
    read.push(...piece);
    at += piece.length;
  }
  return read;
}

const rows: [name: string, sizes: readonly number[], start: number][] = [
  ['nothing', [], 0],
  ['little', [10], 0],
  ['growing', [4000, 200, 5000, 3000], 0],
  ['exactly full', [16384], 0],
  ['wrapped by one', [16384, 1], 1],
  ['wrapped many times', Array(50).fill(1777), 50 * 1777 - 16384],
  ['more at once than it keeps', [100, 40000], 40100 - 16384],
];
for (const [name, sizes, start] of rows) {
  test(`ring: ${name}`, () => {
    const ring = new Ring(16384);
    let at = 0;
    for (const size of sizes) {
      ring.append(bytes(at, at + size));
      at += size;
    }
    assert.deepEqual([ring.start, ring.end], [start, at]);
    assert.deepEqual(all(ring, ring.start), [...bytes(start, at)]);
    assert.throws(() => ring.piece(start - 1, 1), RangeError);
  });
}

test('ring: a replay begins behind a line break once bytes are lost', () => {
  const ring = new Ring(4096);
  ring.append(new TextEncoder().encode('whole\nlines\n'));
  assert.equal(ring.replayStart(), 0);
  ring.append(new Uint8Array(4090).fill(0x61));
  assert.equal(ring.replayStart(), 12);
});
