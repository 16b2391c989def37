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
import { CHUNK_SIZE, ChunkMap } from '@bhatti/keeper/chunk-map.ts';
import { MEMORY_FILE as FRESH_MEMORY } from '@bhatti/keeper/job.ts';
import { z } from 'zod';
import { setBits } from './set-bits.ts';

export const SAVED_MEMORY = basename(FRESH_MEMORY);
export const BASE_FILE = 'base';
export const CHANGES_FILE = 'changes';
export const CHANGES_MAP = 'changes.json';
export const PAGE_SIZE = 4096;
/** A quarter of a megabyte of hex digits for each 4 GiB. */
const MAP_SIZE_MAX = 64 * 1024 * 1024;

const ChangesMap = z.strictObject({
  /** The pages that differ, as ChunkMap writes them. */
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

/** True when it is kept as what differs from an older one. @throws Error when that cannot be read */
export async function isThin(saved: string): Promise<boolean> {
  return (await readChanges(saved)) !== null;
}

/** The file of whole memory that it is, or stands on. */
export async function wholeMemoryOf(saved: string): Promise<string> {
  return join(saved, (await isThin(saved)) ? BASE_FILE : SAVED_MEMORY);
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
  return (await sizeOf(CHANGES_FILE)) === pages.length * PAGE_SIZE ? sizeOf(BASE_FILE) : null;
}

/** @returns numbers of the pages; null when the memory is a whole one @throws Error when the file is none */
async function readChanges(saved: string): Promise<number[] | null> {
  const path = join(saved, CHANGES_MAP);
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  if (found.size > MAP_SIZE_MAX) throw new Error(`${path} has ${found.size} bytes`);
  return setBits(ChangesMap.parse(JSON.parse(await readFile(path, 'utf8'))).pages);
}

/** What CHANGES_MAP holds. @param size of the memory, in bytes */
export function changesMap(pages: readonly number[], size: number): string {
  const map = new ChunkMap(size, PAGE_SIZE);
  for (const page of pages) map.mark(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  return JSON.stringify({ pages: map.hex() } satisfies z.infer<typeof ChangesMap>);
}

/** @throws Error when it is not there */
export async function openWhole(path: string): Promise<MemoryFile> {
  const file = await open(path, 'r');
  return {
    read: async (into, at) => (await file.read(into, 0, into.length, at)).bytesRead,
    [Symbol.asyncDispose]: () => file.close(),
  };
}

/** Writes all of it, wherever it begins. */
export async function writeAt(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
}

/** @param pages that differ from its base, in order @throws Error when one of its files is not there */
export async function openChanged(saved: string, pages: readonly number[]): Promise<MemoryFile> {
  const base = await open(join(saved, BASE_FILE), 'r');
  const changes = await open(join(saved, CHANGES_FILE), 'r').catch(async (error) => {
    await base.close();
    throw error;
  });
  // Of each chunk, where its pages lie among the changes.
  const places = Map.groupBy(pages.entries(), ([, page]) => Math.floor((page * PAGE_SIZE) / CHUNK_SIZE));
  return {
    read: async (into, at) => {
      const { bytesRead } = await base.read(into, 0, into.length, at);
      await lay(changes, places.get(at / CHUNK_SIZE) ?? [], into);
      return bytesRead;
    },
    [Symbol.asyncDispose]: async () => void (await Promise.all([base.close(), changes.close()])),
  };
}

/** Lays the changed pages of a chunk over what it was. @param places where each lies, and its number */
async function lay(changes: FileHandle, places: readonly [place: number, page: number][], over: Buffer): Promise<void> {
  const [first] = places;
  if (first === undefined) return;
  const bytes = Buffer.allocUnsafe(places.length * PAGE_SIZE);
  const { bytesRead } = await changes.read(bytes, 0, bytes.length, first[0] * PAGE_SIZE);
  if (bytesRead !== bytes.length) throw new Error('the changes are cut short');
  for (const [n, [, page]] of places.entries())
    bytes.copy(over, (page * PAGE_SIZE) % CHUNK_SIZE, n * PAGE_SIZE, (n + 1) * PAGE_SIZE);
}
