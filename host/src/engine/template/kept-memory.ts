/**
 * A template's memory on disk, so that the template outlives its keeper and the host's next boot:
 *
 *   (none) --copied, then told of in memory.json--> kept --a new keeper reads it, and it is what was copied--> held again
 *
 * Nothing is synced: what a loss of power left of it does not have these checksums, and a template can be made anew.
 */
import { open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { CHUNK_SIZE, ChunkMap } from '@bhatti/keeper/chunk-map.ts';
import type { Job } from '@bhatti/keeper/job.ts';
import { z } from 'zod';
import { Keeper } from '../keeper/control.ts';
import { openWhole, writeAt } from '../saved/memory-file.ts';
import { differenceOf, sumMemory } from '../saved/memory-sums.ts';
import { CONSOLE_LIMIT } from '../settings.ts';
import { clearRun } from '../vm/folder.ts';

export const MEMORY_FILE = 'memory';
/** It stands there once the memory is whole. */
const MAP_FILE = 'memory.json';
/** Of the room on the disk: more is not taken for what can be made anew. */
const ROOM_SHARE = 0.25;
/** Of stat(2), bytes. */
const BLOCK_SIZE = 512;
const ZEROS = Buffer.alloc(CHUNK_SIZE);

const KeptMap = z.strictObject({
  size: z.int().positive(),
  /** The chunks with data, as ChunkMap writes them, and their checksums. */
  chunks: z.string().regex(/^([0-9a-f]{2})*$/),
  sums: z.array(z.int().nonnegative()),
});
type KeptMap = z.infer<typeof KeptMap>;

export async function isKept(folder: string): Promise<boolean> {
  return stat(join(folder, MAP_FILE)).then(
    () => true,
    () => false,
  );
}

/**
 * Writes it to disk, unless that has too little room.
 * @param memory path through which the sealed memory is opened
 * @throws Error of the disk, or when `signal` says so; then nothing is kept
 */
export async function keepMemory(memory: string, folder: string, signal: AbortSignal): Promise<void> {
  const { size, blocks } = await stat(memory);
  const { bavail, bsize } = await statfs(folder);
  if (blocks * BLOCK_SIZE > bavail * bsize * ROOM_SHARE) return;
  const path = join(folder, MEMORY_FILE);
  try {
    await using from = await openWhole(memory);
    await using to = await open(path, 'w', 0o600);
    await to.truncate(size);
    const map = new ChunkMap(size);
    const sums: number[] = [];
    const buffer = Buffer.allocUnsafe(CHUNK_SIZE);
    for (let at = 0; at < size; at += CHUNK_SIZE) {
      signal.throwIfAborted();
      const bytes = buffer.subarray(0, await from.read(buffer, at));
      if (bytes.equals(ZEROS.subarray(0, bytes.length))) continue;
      map.mark(at, at + bytes.length);
      sums.push(crc32(bytes));
      await writeAt(to, bytes, at);
    }
    const kept: KeptMap = { size, chunks: map.hex(), sums };
    await writeFile(join(folder, `${MAP_FILE}.new`), JSON.stringify(kept), { mode: 0o600 });
    await rename(join(folder, `${MAP_FILE}.new`), join(folder, MAP_FILE));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/**
 * A new keeper that holds what was kept.
 * @throws Error when it cannot be read, or is not what was kept; then no keeper is left
 */
export async function holdKept(
  folder: string,
  { keeper: program, qemu }: { keeper: string; qemu: string },
): Promise<Keeper> {
  const { size, chunks, sums } = KeptMap.parse(JSON.parse(await readFile(join(folder, MAP_FILE), 'utf8')));
  // A keeper holds what its child leaves: this one leaves it as it is.
  const job: Job = {
    program: qemu,
    argv: ['qemu', '-version'],
    descriptors: [{ kind: 'memory', size, from: MEMORY_FILE }],
    consoleLimit: CONSOLE_LIMIT,
    hold: 0,
  };
  await clearRun(folder);
  const keeper = await Keeper.start(program, folder, job);
  try {
    const end = await keeper.ended;
    const { keeper: pid, heldAs } = keeper.state;
    if (heldAs === undefined) throw new Error(`its keeper does not hold it: ${end?.stderr}`);
    await using held = await openWhole(`/proc/${pid}/fd/${heldAs}`);
    const fault = differenceOf(chunks, sums, await sumMemory(held, chunks, new AbortController().signal));
    if (fault !== null) throw new Error(fault);
    return keeper;
  } catch (error) {
    keeper.release();
    await keeper.gone;
    throw error;
  }
}
