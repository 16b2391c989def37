import assert from 'node:assert/strict';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { copyMemory } from '../saved/copy-memory.ts';
import { memorySize, openMemory, wholeMemoryOf } from '../saved/memory-file.ts';
import { sumMemory, writeSums } from '../saved/memory-sums.ts';
import { SavedChecks } from '../saved/saved-checks.ts';
import type { SavedManifest } from '../saved/saved-state.ts';
import { SnapshotStore } from './snapshot-store.ts';
import { thinMemory } from './thin-memory.ts';

const MIB = 1024 * 1024;
const PAGE = 4096;
const SIZE = 8 * MIB;
/** Chunks 0, 1, 2 and 5. */
const CHUNKS = '27';
const UNHURRIED = new AbortController().signal;
const manifest: SavedManifest = {
  ...{ key: 'k', qemu: 'q', network: 'none', savedMs: 0, stoppedMs: 0, memoryBytes: SIZE },
  ...{ devicesBytes: 1, devicesSha256: '', chunks: CHUNKS },
};

/** Folders of snapshots with these memories, the older first. */
async function folders(t: TestContext, ...memories: readonly Buffer[]): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), 'bhatti-thin-'));
  t.after(() => rm(root, { recursive: true }));
  return Promise.all(
    memories.map(async (memory, n) => {
      const folder = join(root, String(n));
      await mkdir(folder);
      await writeFile(join(folder, 'memory'), memory);
      await writeFile(join(folder, 'saved.json'), JSON.stringify(manifest));
      await using file = await openMemory(folder);
      await writeSums(folder, { sums: await sumMemory(file, CHUNKS, UNHURRIED) });
      return folder;
    }),
  );
}

function memoryWith(...pages: readonly (readonly [at: number, byte: number])[]): Buffer {
  const memory = Buffer.alloc(SIZE);
  for (const chunk of [0, 1, 2, 5]) memory.fill(chunk + 1, chunk * MIB, (chunk + 1) * MIB);
  for (const [at, byte] of pages) memory.fill(byte, at, at + PAGE);
  return memory;
}

async function copied(folder: string): Promise<Buffer> {
  const to = join(folder, 'copy');
  await copyMemory(folder, manifest, to, UNHURRIED);
  const bytes = await readFile(to);
  await rm(to);
  return bytes;
}

const OLD = memoryWith();
/** The first page, one that became zero, two neighbours at the end of a chunk, and the last. */
const NEW = memoryWith([0, 9], [MIB + 5 * PAGE, 0], [2 * MIB - 2 * PAGE, 8], [2 * MIB - PAGE, 7], [6 * MIB - PAGE, 9]);

test('a memory that is like an older one keeps what differs, and is the same, also when the older is gone', async (t) => {
  const [older = '', folder = ''] = await folders(t, OLD, NEW);
  assert.equal(await thinMemory(folder, await wholeMemoryOf(older), UNHURRIED), true);
  assert.deepEqual((await readdir(folder)).sort(), ['base', 'changes', 'changes.json', 'saved.json', 'sums.json']);
  assert.equal((await stat(join(folder, 'changes'))).size, 5 * PAGE);
  assert.equal(await memorySize(folder), SIZE);
  assert.ok((await copied(folder)).equals(NEW));
  await rm(older, { recursive: true });
  assert.ok((await copied(folder)).equals(NEW));
});

test('the next one stands on the same whole memory, not on the changes', async (t) => {
  const newest = memoryWith([0, 5]);
  const [older = '', folder = '', next = ''] = await folders(t, OLD, NEW, newest);
  await thinMemory(folder, await wholeMemoryOf(older), UNHURRIED);
  assert.equal(await thinMemory(next, await wholeMemoryOf(folder), UNHURRIED), true);
  assert.equal((await stat(join(next, 'base'))).ino, (await stat(join(older, 'memory'))).ino);
  assert.ok((await copied(next)).equals(newest));
});

const stays: [why: string, memory: Buffer, signal: AbortSignal][] = [
  ['more than half of it differs', Buffer.alloc(SIZE, 3), UNHURRIED],
  ['nobody wants it any more', NEW, AbortSignal.abort()],
];
for (const [why, memory, signal] of stays)
  test(`it stays whole when ${why}`, async (t) => {
    const [older = '', folder = ''] = await folders(t, OLD, memory);
    const before = (await readdir(folder)).sort();
    await thinMemory(folder, await wholeMemoryOf(older), signal).then(
      (thin) => assert.equal(thin, false),
      (error) => assert.equal(error.name, 'AbortError'),
    );
    assert.deepEqual((await readdir(folder)).sort(), before);
  });

test('what is no longer what was saved is not made smaller', async (t) => {
  const [older = '', folder = ''] = await folders(t, OLD, NEW);
  await using memory = await open(join(folder, 'memory'), 'r+');
  await memory.write(Buffer.of(77), 0, 1, MIB + 3);
  await assert.rejects(
    thinMemory(folder, await wholeMemoryOf(older), UNHURRIED),
    /^Error: the changes are not the memory: 1 of its 4 MiB/,
  );
  assert.deepEqual((await readdir(folder)).sort(), ['memory', 'saved.json', 'sums.json']);
});

const faults: [what: string, spoil: (folder: string) => Promise<unknown>, size: number | null][] = [
  ['its changes are cut short', (folder) => truncate(join(folder, 'changes'), 4 * PAGE), null],
  ['its base is cut short', (folder) => truncate(join(folder, 'base'), MIB), MIB],
  ['its base is gone', (folder) => rm(join(folder, 'base')), null],
  ['its map is none', (folder) => writeFile(join(folder, 'changes.json'), '{"pages":"xy"}'), null],
];
for (const [what, spoil, size] of faults)
  test(`the size tells that ${what}`, async (t) => {
    const [older = '', folder = ''] = await folders(t, OLD, NEW);
    await thinMemory(folder, await wholeMemoryOf(older), UNHURRIED);
    await spoil(folder);
    assert.equal(await memorySize(folder), size);
  });

for (const name of ['base', 'changes'])
  test(`a flipped byte of its ${name} is found on the way`, async (t) => {
    const [older = '', folder = ''] = await folders(t, OLD, NEW);
    await thinMemory(folder, await wholeMemoryOf(older), UNHURRIED);
    await using file = await open(join(folder, name), 'r+');
    await file.write(Buffer.of(77), 0, 1, 3 * PAGE + 9);
    await assert.rejects(copied(folder), { code: 'saved.broken' });
  });

test('a whole memory that a daemon left which died just before the end goes with the next daemon', async (t) => {
  const [older = '', folder = ''] = await folders(t, OLD, NEW);
  await thinMemory(folder, await wholeMemoryOf(older), UNHURRIED);
  await writeFile(join(folder, 'memory'), NEW);
  const layers = [{ path: 'image', format: 'raw' }];
  const record = { id: basename(folder), createdMs: 1, pausedMs: 1, told: {}, layers, diskBytes: 1, kernel: 'kernel' };
  await writeFile(join(folder, 'snapshot.json'), JSON.stringify(record));
  const checks = new SavedChecks();
  await new SnapshotStore(dirname(folder), checks, async () => null).adopt();
  await new Promise<void>((resolve) => checks.begin(folder, async () => resolve())); // behind what was begun before
  assert.ok(!(await readdir(folder)).includes('memory'));
  assert.ok((await copied(folder)).equals(NEW));
});
