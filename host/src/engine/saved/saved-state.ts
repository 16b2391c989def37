/**
 * A machine on disk: memory and devices at one instant, beside the disk as it was then.
 *
 *   (none) --written to saved.new, synced, renamed--> saved --renamed, then its processors go on--> spent --removed--> (none)
 *
 * Where a folder `saved` stands, it is the truth, and no QEMU has gone on since: a disk that was written later would not
 * fit to it. `spent` is mapped by the QEMU that goes on with it, and needs no name any more.
 */
import { createHash } from 'node:crypto';
import { chown, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MEMORY_FILE as FRESH_MEMORY } from '@bhatti/keeper/job.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { z } from 'zod';
import { DEVICES_FILE } from '../vm/folder.ts';
import { memorySize, SAVED_MEMORY } from './memory-file.ts';
import { readSums, SUMS_FILE } from './memory-sums.ts';

export const SAVED_FOLDER = 'saved';
const SPENT_FOLDER = 'spent';
const MANIFEST_FILE = 'saved.json';
/** Of a state, beside its memory. */
export const STATE_FILES = [MANIFEST_FILE, DEVICES_FILE, SUMS_FILE];
/** Where the keeper writes: what is not whole yet. */
export const FRESH_FOLDER = dirname(FRESH_MEMORY);
const STATE_FOLDERS: readonly string[] = [FRESH_FOLDER, SAVED_FOLDER, SPENT_FOLDER];
/** Two hex digits for 8 MiB of memory, and some words. */
const MANIFEST_SIZE_MAX = 1024 * 1024;

const Manifest = z.strictObject({
  /** machineKey() of the machine that was saved. */
  key: z.string(),
  qemu: z.string(),
  network: z.enum(['user', 'none']),
  savedMs: z.number(),
  /** Since when its processors stand still. */
  stoppedMs: z.number(),
  memoryBytes: z.int().positive(),
  devicesBytes: z.int().positive(),
  devicesSha256: z.string(),
  /** The chunks of the memory that hold data, as the keeper's ChunkMap writes them. */
  chunks: z.string().regex(/^([0-9a-f]{2})*$/),
});
export type SavedManifest = Readonly<z.infer<typeof Manifest>>;

export interface SavedState extends SavedManifest {
  /** Paths within the machine's folder. */
  readonly memory: string;
  readonly devices: string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function broken(why: string): BhattiError {
  return new BhattiError('saved.broken', `cannot go on from the saved memory: ${why}`, {
    remedy: 'bhatti start --cold-boot boots the disk, as after a loss of power',
  });
}

/** Writes a small file, and waits until it is on the disk. */
export async function synced(path: string, content: Uint8Array | string): Promise<void> {
  await using file = await open(path, 'w', 0o600);
  await file.writeFile(content);
  await file.sync();
}

/** Of a file or a folder: what was written of it is on the disk. */
export async function sync(path: string): Promise<void> {
  await using file = await open(path, 'r');
  await file.sync();
}

/** Where a machine's state lies. */
export const savedFolder = (folder: string): string => join(folder, SAVED_FOLDER);

/** Makes room for what is to be saved; what an earlier attempt left goes. */
export async function beginSaved(folder: string): Promise<void> {
  await dropUnfinished(folder);
  await mkdir(join(folder, FRESH_FOLDER), { mode: 0o700 });
}

export type SavedFacts = Pick<SavedManifest, 'key' | 'qemu' | 'network' | 'stoppedMs' | 'chunks'>;

/** The memory lies in `saved.new` already. @param owner who will map it */
export async function completeSaved(
  folder: string,
  devices: Uint8Array,
  facts: SavedFacts,
  owner: number | undefined,
): Promise<void> {
  const fresh = join(folder, FRESH_FOLDER);
  await writeState(fresh, devices, facts);
  if (owner !== undefined) await chown(join(fresh, SAVED_MEMORY), owner, owner);
  await adoptFresh(folder);
}

/** Writes what belongs to the memory that lies in `fresh`; the files are on the disk then, their names when `fresh` is synced. */
export async function writeState(fresh: string, devices: Uint8Array, facts: SavedFacts): Promise<void> {
  const { size: memoryBytes } = await stat(join(fresh, SAVED_MEMORY));
  const manifest: SavedManifest = {
    ...facts,
    savedMs: Date.now(),
    memoryBytes,
    devicesBytes: devices.length,
    devicesSha256: sha256(devices),
  };
  await sync(join(fresh, SAVED_MEMORY));
  await synced(join(fresh, DEVICES_FILE), devices);
  await synced(join(fresh, MANIFEST_FILE), JSON.stringify(manifest));
}

/** What lies in `saved.new` is the state of the machine from now on. */
export async function adoptFresh(folder: string): Promise<void> {
  await sync(join(folder, FRESH_FOLDER));
  await rename(join(folder, FRESH_FOLDER), savedFolder(folder));
  await sync(folder);
}

/** Nothing was saved after all. */
export async function dropUnfinished(folder: string): Promise<void> {
  await rm(join(folder, FRESH_FOLDER), { recursive: true, force: true });
}

export async function hasSaved(folder: string): Promise<boolean> {
  return stat(savedFolder(folder)).then(
    () => true,
    () => false,
  );
}

/**
 * Looks at all that can be looked at without reading the memory, and at what was found when it was read last.
 * @param network what the machine is to have now
 * @throws BhattiError saved.broken | saved.foreign
 */
export async function readSaved(folder: string, key: string, network: 'user' | 'none'): Promise<SavedState> {
  const manifest = await readState(savedFolder(folder), key, network);
  return { ...manifest, memory: join(SAVED_FOLDER, SAVED_MEMORY), devices: join(SAVED_FOLDER, DEVICES_FILE) };
}

/** The same of a state that lies in the folder `saved`. */
export async function readState(saved: string, key: string, network: 'user' | 'none'): Promise<SavedManifest> {
  const manifest = await readManifest(saved);
  const size = await memorySize(saved);
  if (size !== manifest.memoryBytes) throw broken(`it has ${size ?? 'not all'} bytes of ${manifest.memoryBytes}`);
  const devices = await readFile(join(saved, DEVICES_FILE)).catch(() => new Uint8Array());
  if (devices.length !== manifest.devicesBytes) throw broken('its devices are cut short');
  if (sha256(devices) !== manifest.devicesSha256) throw broken('its devices are not what was written');
  const fault = await faultOf(saved);
  if (fault !== null) throw broken(fault);
  if (manifest.key !== key) throw foreign(`it was saved by another QEMU (${manifest.qemu}), accelerator or processor`);
  if (manifest.network !== network)
    throw foreign(`it had ${networkText(manifest.network)}, and this host gives it ${networkText(network)}`);
  return manifest;
}

const networkText = (network: 'user' | 'none'): string => (network === 'user' ? 'a network' : 'no network');

function foreign(why: string): BhattiError {
  return new BhattiError('saved.foreign', `cannot go on from the saved memory: ${why}`, {
    remedy: 'bring that back, or boot the disk as after a loss of power: bhatti start --cold-boot',
  });
}

async function faultOf(saved: string): Promise<string | null> {
  try {
    return (await readSums(saved))?.fault ?? null;
  } catch {
    return 'its checksums cannot be read';
  }
}

/** @param saved its folder @throws BhattiError saved.broken */
export async function readManifest(saved: string): Promise<SavedManifest> {
  try {
    const path = join(saved, MANIFEST_FILE);
    const { size } = await stat(path);
    if (size > MANIFEST_SIZE_MAX) throw new Error(`${size} bytes`);
    return Manifest.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw broken(`its ${MANIFEST_FILE} cannot be read (${cause instanceof Error ? cause.name : cause})`);
  }
}

/** From now on it is of no use: its processors are about to go on. */
export async function spendSaved(folder: string): Promise<void> {
  await rename(savedFolder(folder), join(folder, SPENT_FOLDER));
  await sync(folder);
}

/** What was spent, or is not wanted; who maps it keeps it. @param names what the folder holds, where that is known */
export async function removeSaved(folder: string, names: readonly string[] = STATE_FOLDERS): Promise<void> {
  for (const name of STATE_FOLDERS)
    if (names.includes(name)) await rm(join(folder, name), { recursive: true, force: true });
}
