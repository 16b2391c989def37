import assert from 'node:assert/strict';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMemory, openWhole } from './memory-file.ts';
import { differenceOf, readSums, sumMemory, writeSums } from './memory-sums.ts';
import { setBits } from './set-bits.ts';

const MIB = 1024 * 1024;
const BITMAP = '0502'; // chunks 0, 2 and 9
const UNHURRIED = new AbortController().signal;

const bitmaps: [bitmap: string, chunks: number[]][] = [
  ['', []],
  ['00', []],
  ['01', [0]],
  ['80', [7]],
  [BITMAP, [0, 2, 9]],
];
for (const [bitmap, chunks] of bitmaps)
  test(`the chunks of "${bitmap}"`, () => assert.deepEqual(setBits(bitmap), chunks));

test('a byte that differs is found where it is, a chunk without data is not read', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'bhatti-sums-'));
  t.after(() => rm(folder, { recursive: true }));
  await using file = await open(join(folder, 'memory'), 'w');
  for (const chunk of [0, 2, 9]) await file.write(Buffer.alloc(MIB, chunk + 1), 0, MIB, chunk * MIB);
  await using memory = await openMemory(folder);
  const sums = await sumMemory(memory, BITMAP, UNHURRIED);
  await writeSums(folder, { sums });
  assert.deepEqual(await readSums(folder), { sums });
  assert.equal(differenceOf(BITMAP, sums, await sumMemory(memory, BITMAP, UNHURRIED)), null);
  await file.write(Buffer.of(7), 0, 1, 5 * MIB);
  assert.equal(differenceOf(BITMAP, sums, await sumMemory(memory, BITMAP, UNHURRIED)), null);
  await file.write(Buffer.of(7), 0, 1, 2 * MIB + 77);
  assert.equal(
    differenceOf(BITMAP, sums, await sumMemory(memory, BITMAP, UNHURRIED)),
    '1 of its 3 MiB of data are not what was written, the first at byte 2097152',
  );
  await file.truncate(3 * MIB);
  assert.match(differenceOf(BITMAP, sums, await sumMemory(memory, BITMAP, UNHURRIED)) ?? '', /^2 of its 3 MiB/);
});

test('who is not wanted any more ends', async () => {
  await using nothing = await openWhole('/dev/null');
  await assert.rejects(sumMemory(nothing, BITMAP, AbortSignal.abort()), { name: 'AbortError' });
});

test('a memory without sums has none', async () => assert.equal(await readSums('/nonexistent'), null));
