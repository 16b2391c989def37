/** A saved memory for one machine alone, compared with its checksums on the way: another may map the same, and write to it. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { CHUNK_SIZE } from '@bhatti/keeper/chunk-map.ts';
import { chunksOf, differenceOf, readSums } from './memory-sums.ts';
import { broken, SAVED_MEMORY, type SavedManifest } from './saved-state.ts';

/** Copies at once: one is read while another is written. */
const DEPTH = 2;

/**
 * @param saved folder of the state @param to path of the copy
 * @throws BhattiError saved.broken | Error of the disk; then there is no copy
 */
export async function copyMemory(
  saved: string,
  manifest: SavedManifest,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const { chunks: bitmap, memoryBytes } = manifest;
  try {
    await using from = await open(join(saved, SAVED_MEMORY), 'r');
    await using copy = await open(to, 'wx', 0o600);
    await copy.truncate(memoryBytes);
    const sums = await copyChunks(from, copy, chunksOf(bitmap), signal);
    const known = await readSums(saved);
    const fault = known === null ? null : differenceOf(bitmap, known.sums, sums);
    if (fault !== null) throw broken(fault);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

async function copyChunks(
  from: FileHandle,
  to: FileHandle,
  chunks: readonly number[],
  signal: AbortSignal,
): Promise<number[]> {
  const sums = new Array<number>(chunks.length).fill(0);
  let next = 0;
  const copy = async (): Promise<void> => {
    const buffer = Buffer.allocUnsafe(CHUNK_SIZE);
    for (let index = next++; index < chunks.length; index = next++) {
      signal.throwIfAborted();
      const at = (chunks[index] ?? 0) * CHUNK_SIZE;
      const { bytesRead } = await from.read(buffer, 0, CHUNK_SIZE, at);
      const bytes = buffer.subarray(0, bytesRead);
      sums[index] = crc32(bytes);
      for (let done = 0; done < bytesRead; )
        done += (await to.write(bytes, done, bytesRead - done, at + done)).bytesWritten;
    }
  };
  await Promise.all(Array.from({ length: DEPTH }, copy));
  return sums;
}
