import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { packFile, unpackFile } from './sparse-file.ts';

const MIB = 1024 * 1024;
const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'bhatti-sparse-'));
test.after(() => rmSync(folder, { recursive: true }));

/** A file of a few words in a sea of holes. */
async function sparse(name: string, size: number, words: Readonly<Record<number, string>>): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, '');
  truncateSync(path, size);
  await using file = await open(path, 'r+');
  for (const [at, word] of Object.entries(words)) await file.write(word, Number(at));
  return path;
}

const files: [name: string, size: number, words: Readonly<Record<number, string>>, pieces: number][] = [
  ['only a hole', 100 * MIB, {}, 0],
  ['no hole', 5, { 0: 'hello' }, 1],
  ['a hole at both ends', 150 * MIB + 1, { [70 * MIB]: 'middle' }, 1],
  ['a small hole is packed along', 40 * MIB, { 0: 'a', [4 * MIB]: 'b', [30 * MIB]: 'c' }, 2],
];
for (const [name, size, words, count] of files)
  test(`packed and unpacked: ${name}`, async () => {
    const from = await sparse('from', size, words);
    const packed = join(folder, 'packed');
    const { bytes, pieces } = await packFile(from, packed, never, () => undefined);
    assert.deepEqual([pieces.length, bytes], [count, statSync(packed).size]);
    const to = join(folder, `unpacked ${name}`);
    await unpackFile(packed, to, size, pieces, never);
    assert.ok(readFileSync(to).equals(readFileSync(from)));
    assert.ok(statSync(to).blocks * 512 <= 16 * MIB, 'its holes are holes');
  });

test('a piece that is not as long as promised, or lies behind the end, is refused', async () => {
  const from = await sparse('from', MIB, { 0: 'x'.repeat(1000) });
  const packed = join(folder, 'packed');
  const [piece] = (await packFile(from, packed, never, () => undefined)).pieces;
  assert.ok(piece !== undefined);
  const wrong: [change: object, message: RegExp][] = [
    [{ bytes: piece.bytes - 1 }, /unpacks to more than/],
    [{ bytes: piece.bytes + 1 }, /unpacks to \d+ bytes, not/],
    [{ at: MIB }, /ends at \d+, behind/],
    [{ packedBytes: piece.packedBytes - 1 }, /unexpected end/],
  ];
  for (const [index, [change, message]] of wrong.entries())
    await assert.rejects(
      unpackFile(packed, join(folder, `wrong ${index}`), MIB, [{ ...piece, ...change }], never),
      message,
    );
});
