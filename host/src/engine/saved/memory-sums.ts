/**
 * Checksums of a saved memory: CRC-32 (RFC 1952) of each chunk that holds data, in a file beside it. A flipped byte of the
 * disk is found before a machine goes on from it; who would forge a sum can write the memory itself.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { CHUNK_SIZE } from '@bhatti/keeper/chunk-map.ts';
import { z } from 'zod';
import type { MemoryFile } from './memory-file.ts';
import { setBits } from './set-bits.ts';

export const SUMS_FILE = 'sums.json';
/** Reads at once: one is summed, or written elsewhere, while another is read. */
const DEPTH = 2;

const Sums = z.strictObject({
  /** In the order of the chunks that hold data. */
  sums: z.array(z.int().min(0).max(0xffffffff)),
  /** What was found when they were compared: nobody goes on from it. */
  fault: z.string().optional(),
});
export type Sums = Readonly<z.infer<typeof Sums>>;

/** @param bitmap chunks with data @throws Error when it cannot be read, or `signal` says so */
export async function sumMemory(memory: MemoryFile, bitmap: string, signal: AbortSignal): Promise<number[]> {
  return await readChunks(memory, setBits(bitmap), async () => undefined, signal);
}

/**
 * Reads chunks, sums them and hands each over; its bytes are good until what `take` returns resolves.
 * @returns the sums, in the order of `chunks` @throws Error when it cannot be read, of `take`, or `signal` says so
 */
export async function readChunks(
  memory: MemoryFile,
  chunks: readonly number[],
  take: (bytes: Uint8Array, at: number) => Promise<void>,
  signal: AbortSignal,
): Promise<number[]> {
  const sums = new Array<number>(chunks.length).fill(0);
  let next = 0;
  const read = async (): Promise<void> => {
    const buffer = Buffer.allocUnsafe(CHUNK_SIZE);
    for (let index = next++; index < chunks.length; index = next++) {
      signal.throwIfAborted();
      const at = (chunks[index] ?? 0) * CHUNK_SIZE;
      const bytes = buffer.subarray(0, await memory.read(buffer, at));
      sums[index] = crc32(bytes);
      await take(bytes, at);
    }
  };
  await Promise.all(Array.from({ length: DEPTH }, read));
  return sums;
}

/** @returns null when it was not summed yet @throws Error when the file is none */
export async function readSums(folder: string): Promise<Sums | null> {
  const text = await readFile(join(folder, SUMS_FILE), 'utf8').catch(() => null);
  return text === null ? null : Sums.parse(JSON.parse(text));
}

export async function writeSums(folder: string, sums: Sums): Promise<void> {
  const path = join(folder, SUMS_FILE);
  await writeFile(`${path}.new`, JSON.stringify(sums), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}

/** What differs, in words; null when nothing does. */
export function differenceOf(bitmap: string, before: readonly number[], now: readonly number[]): string | null {
  const chunks = setBits(bitmap);
  const wrong = chunks.filter((_, index) => before[index] !== now[index]);
  if (wrong.length === 0 && before.length === chunks.length) return null;
  const at = (wrong[0] ?? 0) * CHUNK_SIZE;
  return `${wrong.length} of its ${chunks.length} MiB of data are not what was written, the first at byte ${at}`;
}
