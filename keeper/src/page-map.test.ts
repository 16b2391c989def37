import assert from 'node:assert/strict';
import test from 'node:test';
import { mappingsOf, ownPages } from './page-map.ts';

const MAPS = `7f0000000000-7f0010000000 rw-p 00000000 00:01 1044                       /memfd:bhatti-ram (deleted)
7f0010000000-7f0020000000 rw-p 10000000 00:01 1044                       /memfd:bhatti-ram (deleted)
7f0020000000-7f0020001000 rw-p 00000000 00:00 0
7ffd1000-7ffd2000 r-xp 00002000 fe:00 10440                      /usr/bin/qemu
`;

test('mappings of one file, wherever it was split', () =>
  assert.deepEqual(mappingsOf(MAPS, 1044), [
    { start: 0x7f0000000000, end: 0x7f0010000000, offset: 0 },
    { start: 0x7f0010000000, end: 0x7f0020000000, offset: 0x10000000 },
  ]));

/** One entry a letter: own, own and mapped by nobody else, swapped out, the file's, not there. */
function entries(letters: string): Uint8Array {
  const upper = { o: 0x80000000, e: 0x81800000, s: 0x40000000, f: 0xa0000000, '-': 0 };
  return new Uint8Array(new Uint32Array([...letters].flatMap((one) => [1, upper[one as keyof typeof upper]])).buffer);
}

function probe(bytes: Uint8Array, byte: number, from: number, step: number): number {
  for (let at = from; at < bytes.length; at += step) if (bytes[at] === byte) return at;
  return -1;
}

const rows: [pages: string, expected: string][] = [
  ['', ''],
  ['----', ''],
  ['ffff', ''],
  ['o', '0-1'],
  ['-oo-', '1-3'],
  ['fosef', '1-2 2-3 3-4'],
  ['o-o', '0-1 2-3'],
  ['ee', '0-2'],
];
for (const [pages, expected] of rows) {
  test(`own pages of "${pages}"`, () =>
    assert.equal(
      ownPages(entries(pages), probe)
        .sort((a, b) => a.start - b.start)
        .map(({ start, end }) => `${start}-${end}`)
        .join(' '),
      expected,
    ));
}
