/**
 * One folder a VM, so that a daemon that starts anew finds everything again:
 *
 *   vm.json      VmRecord          job.json     what its keeper was told
 *   image        hard link of the tier image (or vm.json names the image itself)
 *   disk.qcow2   what the guest wrote           console.log, exit.json: the keeper's
 *   k q a        sockets: keeper, QMP, agent
 */
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Accelerator } from '../../ports/engine.ts';
import type { DiskLayer } from '../qemu/arguments.ts';

export const MONITOR_SOCKET = 'q';
export const AGENT_SOCKET = 'a';
export const DISK_FILE = 'disk.qcow2';
const RECORD_FILE = 'vm.json';
const IMAGE_FILE = 'image';

/** A disk layer by its path, the lowest first; `identity` of a file that is not ours to guard. */
export interface LayerFile {
  readonly path: string;
  readonly format: DiskLayer['format'];
  readonly identity?: string;
}

export interface VmRecord {
  readonly id: string;
  readonly layers: readonly LayerFile[];
  readonly accelerator: Accelerator;
  readonly uid?: number;
  /** Folder of the template whose disk lies under this one. */
  readonly template?: string;
  /** How it ended, once that is known; absent while it runs. */
  readonly ended?: { readonly state: 'stopped' | 'crashed'; readonly reason: string };
}

/** The same as long as nobody writes or replaces the file. @throws when it is not there */
export async function fileIdentity(path: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(path);
  return `${ino}:${size}:${mtimeMs}`;
}

/**
 * Keeps an image for good: a rebuild renames a new file over its path, and a disk over another image is a broken disk.
 * @returns a hard link in `folder`, or the image itself with its identity where links are not possible
 */
export async function pinImage(image: string, folder: string): Promise<LayerFile> {
  const pinned = join(folder, IMAGE_FILE);
  try {
    await link(image, pinned);
    return { path: pinned, format: 'raw' };
  } catch {
    return { path: image, format: 'raw', identity: await fileIdentity(image) };
  }
}

export async function writeRecord(folder: string, record: VmRecord): Promise<void> {
  const fresh = join(folder, `${RECORD_FILE}.new`);
  await writeFile(fresh, JSON.stringify(record), { mode: 0o600 });
  await rename(fresh, join(folder, RECORD_FILE));
}

/** @returns null when there is none, or none that can be read */
export async function readRecord(folder: string): Promise<VmRecord | null> {
  try {
    return JSON.parse(await readFile(join(folder, RECORD_FILE), 'utf8')) as VmRecord;
  } catch {
    return null;
  }
}

export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
