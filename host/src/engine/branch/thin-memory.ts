/**
 * A snapshot's memory, made what differs from an older one's, or from that of a template:
 *
 *   memory --base linked, changes written, read back as a whole--> changes.json: they count --> memory removed
 *
 * Every changed memory stands on a whole one, never on another that is changed: nothing has to be merged, and a link
 * keeps what somebody stands on.
 */
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CHUNK_SIZE } from '@bhatti/keeper/chunk-map.ts';
import {
  BASE_FILE,
  CHANGES_FILE,
  CHANGES_MAP,
  changesMap,
  openChanged,
  openMemory,
  openWhole,
  PAGE_SIZE,
  SAVED_MEMORY,
} from '../saved/memory-file.ts';
import { differenceOf, readSums, sumMemory } from '../saved/memory-sums.ts';
import { readManifest, type SavedManifest, sync, synced } from '../saved/saved-state.ts';
import { setBits } from '../saved/set-bits.ts';

/** Of the data: what has more changes stays whole, for the next ones to stand on. */
const CHANGED_MAX = 0.5;
/** Until its name says that it counts. */
const FRESH_MAP = `${CHANGES_MAP}.new`;

/**
 * @param base a file of whole memory @returns true when it is thin now, false when it stays whole
 * @throws Error of the disk, or when `signal` says so; then it is whole, as before
 */
export async function thinMemory(folder: string, base: string, signal: AbortSignal): Promise<boolean> {
  const manifest = await readManifest(folder);
  const known = await readSums(folder);
  if (known === null || known.fault !== undefined || (await stat(base)).size !== manifest.memoryBytes) return false;
  await dropChanges(folder); // what a daemon left that died over it
  let counts = false;
  try {
    await link(base, join(folder, BASE_FILE));
    const pages = await writeChanges(folder, manifest, signal);
    if (pages !== null) {
      await proveChanges(folder, manifest, { pages, sums: known.sums }, signal);
      await synced(join(folder, FRESH_MAP), changesMap(pages, manifest.memoryBytes));
      await rename(join(folder, FRESH_MAP), join(folder, CHANGES_MAP));
      counts = true;
    }
  } finally {
    if (!counts) await dropChanges(folder);
  }
  if (counts) await finishThin(folder);
  return counts;
}

/** The changes count: the whole memory goes, once no loss of power can bring them back to nothing. */
export async function finishThin(folder: string): Promise<void> {
  await sync(folder);
  await rm(join(folder, SAVED_MEMORY), { force: true });
}

/** Offsets of the pages that differ. */
function differingPages(now: Buffer, before: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = 0; at < now.length; at += PAGE_SIZE)
    if (now.compare(before, at, at + PAGE_SIZE, at, at + PAGE_SIZE) !== 0) offsets.push(at);
  return offsets;
}

/** @returns the pages that differ, which lie in CHANGES_FILE then; null when they are too many */
async function writeChanges(
  folder: string,
  { chunks: bitmap }: SavedManifest,
  signal: AbortSignal,
): Promise<number[] | null> {
  await using now = await openMemory(folder);
  await using base = await openWhole(join(folder, BASE_FILE));
  await using changes = await open(join(folder, CHANGES_FILE), 'w', 0o600);
  const chunks = setBits(bitmap);
  const pages: number[] = [];
  const [mine, theirs] = [Buffer.alloc(CHUNK_SIZE), Buffer.alloc(CHUNK_SIZE)];
  const pagesMax = (chunks.length * CHUNK_SIZE * CHANGED_MAX) / PAGE_SIZE;
  for (const at of chunks.map((chunk) => chunk * CHUNK_SIZE)) {
    signal.throwIfAborted();
    const size = await now.read(mine, at);
    await base.read(theirs, at);
    const offsets = differingPages(mine.subarray(0, size), theirs);
    for (const offset of offsets) pages.push((at + offset) / PAGE_SIZE);
    if (pages.length > pagesMax) return null;
    const bytes = Buffer.concat(offsets.map((offset) => mine.subarray(offset, offset + PAGE_SIZE)));
    if (bytes.length > 0) await changes.writeFile(bytes);
  }
  await changes.sync();
  return pages;
}

/** Reads it as who goes on from it would. @throws Error when that is not what was saved */
async function proveChanges(
  folder: string,
  { chunks }: SavedManifest,
  { pages, sums }: { readonly pages: readonly number[]; readonly sums: readonly number[] },
  signal: AbortSignal,
): Promise<void> {
  await using memory = await openChanged(folder, pages);
  const fault = differenceOf(chunks, sums, await sumMemory(memory, chunks, signal));
  if (fault !== null) throw new Error(`the changes are not the memory: ${fault}`);
}

async function dropChanges(folder: string): Promise<void> {
  for (const name of [BASE_FILE, CHANGES_FILE, FRESH_MAP]) await rm(join(folder, name), { force: true });
}
