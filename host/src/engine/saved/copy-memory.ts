/** A saved memory for one machine alone, compared with its checksums on the way: another may map the same, and write to it. */
import { open, rm } from 'node:fs/promises';
import { openMemory, writeAt } from './memory-file.ts';
import { differenceOf, readChunks, readSums } from './memory-sums.ts';
import { broken, type SavedManifest } from './saved-state.ts';
import { setBits } from './set-bits.ts';

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
    await using from = await openMemory(saved);
    await using copy = await open(to, 'wx', 0o600);
    await copy.truncate(memoryBytes);
    const write = (bytes: Uint8Array, at: number): Promise<void> => writeAt(copy, bytes, at);
    const sums = await readChunks(from, setBits(bitmap), write, signal);
    const known = await readSums(saved);
    const fault = known === null ? null : differenceOf(bitmap, known.sums, sums);
    if (fault !== null) throw broken(fault);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}
