/**
 * A template's memory on disk, so that the template outlives its keeper and the host's next boot:
 *
 *   (none) --copied, then told of in memory.json--> kept --a new keeper reads it, and it is what was copied--> held again
 *
 * Nothing is synced: what a loss of power left of it does not have these checksums, and a template can be made anew.
 */
import { open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChunkMap } from '@bhatti/keeper/chunk-map.ts';
import type { Job } from '@bhatti/keeper/job.ts';
import { z } from 'zod';
import { dataExtents } from '../../images/data-extents.ts';
import { Keeper } from '../keeper/control.ts';
import { openWhole } from '../saved/memory-file.ts';
import { differenceOf, readChunks, sumMemory } from '../saved/memory-sums.ts';
import { setBits } from '../saved/set-bits.ts';
import { CONSOLE_LIMIT } from '../settings.ts';
import { clearRun } from '../vm/folder.ts';

const MEMORY_FILE = 'memory';
/** It stands there once the memory is whole. */
const MAP_FILE = 'memory.json';
/** Of the room on the disk: more is not taken for what can be made anew. */
const ROOM_SHARE = 0.25;

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
 * @param memory path through which the sealed memory is opened
 * @returns false when the disk has too little room @throws Error of the disk, or when `signal` says so
 */
export async function keepMemory(memory: string, folder: string, signal: AbortSignal): Promise<boolean> {
  const { size } = await stat(memory);
  const map = new ChunkMap(size);
  let bytes = 0;
  for (const { start, length } of await dataExtents(memory)) {
    map.mark(start, start + length);
    bytes += length;
  }
  const { bavail, bsize } = await statfs(folder);
  if (bytes > bavail * bsize * ROOM_SHARE) return false;
  const path = join(folder, MEMORY_FILE);
  try {
    await using from = await openWhole(memory);
    await using to = await open(path, 'w', 0o600);
    await to.truncate(size);
    const write = async (chunk: Uint8Array, at: number): Promise<void> => {
      for (let done = 0; done < chunk.length; )
        done += (await to.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
    };
    const sums = await readChunks(from, setBits(map.hex()), write, signal);
    const kept: KeptMap = { size, chunks: map.hex(), sums };
    await writeFile(join(folder, `${MAP_FILE}.new`), JSON.stringify(kept), { mode: 0o600 });
    await rename(join(folder, `${MAP_FILE}.new`), join(folder, MAP_FILE));
    return true;
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
