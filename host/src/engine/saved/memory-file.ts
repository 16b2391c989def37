/**
 * The memory of a saved state, in one of two forms:
 *
 *   memory                       all of it, sparse, as the keeper wrote it
 *   base, changes, changes.json  a link to an older one, and the pages that differ from it, one behind the other
 *
 * Where changes.json stands, the second is the truth, and whole.
 */
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MEMORY_FILE as FRESH_MEMORY } from '@bhatti/keeper/job.ts';
import { z } from 'zod';
import { PAGE_SIZE, PageBits } from './page-bits.ts';

export const SAVED_MEMORY = basename(FRESH_MEMORY);
export const BASE_FILE = 'base';
export const CHANGES_FILE = 'changes';
export const CHANGES_MAP = 'changes.json';
/** A quarter of a megabyte of hex digits for each 4 GiB. */
const MAP_SIZE_MAX = 64 * 1024 * 1024;

const ChangesMap = z.strictObject({
  /** The pages that differ, as PageBits writes them. */
  pages: z.string().regex(/^([0-9a-f]{2})*$/),
});

export interface MemoryFile extends AsyncDisposable {
  /** Fills it from there on. @param at a multiple of CHUNK_SIZE; no more than that is read @returns how many bytes came */
  read(into: Buffer, at: number): Promise<number>;
}

/** @throws Error when there is none, or it cannot be read */
export async function openMemory(saved: string): Promise<MemoryFile> {
  for (let again = false; ; again = true) {
    const pages = await readChanges(saved);
    if (pages !== null) return openChanged(saved, pages);
    try {
      return await openWhole(join(saved, SAVED_MEMORY));
    } catch (error) {
      if (again) throw error; // else it has just been made smaller
    }
  }
}

/** The file of whole memory that it is, or stands on. */
export async function wholeMemoryOf(saved: string): Promise<string> {
  return join(saved, (await readChanges(saved)) === null ? SAVED_MEMORY : BASE_FILE);
}

/** @returns what is there of the memory, in bytes, when that could be all of it; null when something is missing */
export async function memorySize(saved: string): Promise<number | null> {
  const sizeOf = async (name: string): Promise<number | null> =>
    stat(join(saved, name)).then(
      ({ size }) => size,
      () => null,
    );
  const pages = await readChanges(saved).catch(() => undefined);
  if (pages === undefined) return null;
  if (pages === null) return sizeOf(SAVED_MEMORY);
  return (await sizeOf(CHANGES_FILE)) === pages.count * PAGE_SIZE ? sizeOf(BASE_FILE) : null;
}

/** @returns null when the memory is a whole one @throws Error when the file is none */
async function readChanges(saved: string): Promise<PageBits | null> {
  const path = join(saved, CHANGES_MAP);
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  if (found.size > MAP_SIZE_MAX) throw new Error(`${path} has ${found.size} bytes`);
  return PageBits.from(ChangesMap.parse(JSON.parse(await readFile(path, 'utf8'))).pages);
}

export function changesMap(pages: PageBits): string {
  return JSON.stringify({ pages: pages.hex() } satisfies z.infer<typeof ChangesMap>);
}

/** @throws Error when it is not there */
export async function openWhole(path: string): Promise<MemoryFile> {
  const file = await open(path, 'r');
  return {
    read: async (into, at) => (await file.read(into, 0, into.length, at)).bytesRead,
    [Symbol.asyncDispose]: () => file.close(),
  };
}

/** @param pages that differ from its base @throws Error when one of its files is not there */
export async function openChanged(saved: string, pages: PageBits): Promise<MemoryFile> {
  const base = await open(join(saved, BASE_FILE), 'r');
  const changes = await open(join(saved, CHANGES_FILE), 'r').catch(async (error) => {
    await base.close();
    throw error;
  });
  return {
    read: async (into, at) => {
      const { bytesRead } = await base.read(into, 0, into.length, at);
      await lay(changes, pages.inChunk(at), into);
      return bytesRead;
    },
    [Symbol.asyncDispose]: async () => void (await Promise.all([base.close(), changes.close()])),
  };
}

/** Lays the changed pages of a chunk over what it was. */
async function lay(
  changes: FileHandle,
  { offsets, before }: ReturnType<PageBits['inChunk']>,
  over: Buffer,
): Promise<void> {
  if (offsets.length === 0) return;
  const bytes = Buffer.allocUnsafe(offsets.length * PAGE_SIZE);
  const { bytesRead } = await changes.read(bytes, 0, bytes.length, before * PAGE_SIZE);
  if (bytesRead !== bytes.length) throw new Error('the changes are cut short');
  for (const [n, at] of offsets.entries()) bytes.copy(over, at, n * PAGE_SIZE, (n + 1) * PAGE_SIZE);
}
