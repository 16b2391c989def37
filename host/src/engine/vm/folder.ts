/**
 * One folder a VM, so that a daemon that starts anew finds everything again:
 *
 *   vm.json      VmRecord          job.json     what its keeper was told
 *   image        hard link of the tier image (or vm.json names the image itself)
 *   kernel       hard link of the kernel that belongs to the image's modules (or vm.json names it)
 *   base-1.qcow2 of a fork: hard link of a layer of what it was forked from
 *   disk.qcow2   what the guest wrote; disk-*.qcow2 since it was forked or snapshotted
 *                        console.log, exit.json: the keeper's
 *   k q a        sockets: keeper, QMP, agent
 *   devices      where QEMU writes the state of its devices
 *   saved        of a machine that is cold: its memory and devices (engine/saved)
 */
import { constants, copyFile, link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONSOLE_FILE, CONTROL_SOCKET, EXIT_FILE } from '@bhatti/keeper/job.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Accelerator } from '../../ports/engine.ts';
import type { DiskLayer } from '../qemu/arguments.ts';

export const MONITOR_SOCKET = 'q';
export const AGENT_SOCKET = 'a';
export const DEVICES_FILE = 'devices';
export const DISK_FILE = 'disk.qcow2';
const PREVIOUS_CONSOLE_FILE = 'console.previous.log';
const RECORD_FILE = 'vm.json';
const IMAGE_FILE = 'image';
const KERNEL_FILE = 'kernel';

/** A disk layer by its path, the lowest first; `identity` of a file that is not ours to guard. */
export interface LayerFile {
  readonly path: string;
  readonly format: DiskLayer['format'];
  readonly identity?: string;
}

export interface VmRecord {
  readonly id: string;
  readonly layers: readonly LayerFile[];
  /** What it boots for life: an update of its image may bring another, and modules for that alone. */
  readonly kernel?: string;
  readonly accelerator: Accelerator;
  readonly uid?: number;
  /** The same for the whole life of the sandbox, over stops and starts. */
  readonly machineId: string;
  readonly mac: string;
  /** Since when its processors stand still, ms since 1970. */
  readonly pausedMs?: number;
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

/** Keeps a kernel for good. @returns a hard link in `folder`, or the kernel itself where links are not possible */
export async function pinKernel(kernel: string, folder: string): Promise<string> {
  const pinned = join(folder, KERNEL_FILE);
  return link(kernel, pinned).then(
    () => pinned,
    () => kernel,
  );
}

/** Layers of a template or a machine in the folder of its fork: that may go, its files stay. @param stem of their names */
export async function linkLayers(
  layers: readonly LayerFile[],
  folder: string,
  stem: string = 'base',
): Promise<LayerFile[]> {
  return Promise.all(
    layers.map(async (layer, depth) => {
      if (layer.identity !== undefined) return layer;
      const path = join(folder, layer.format === 'raw' ? IMAGE_FILE : `${stem}-${depth}.qcow2`);
      await link(layer.path, path);
      return { ...layer, path };
    }),
  );
}

/** Layers of another machine in a folder of its own: what is never written is linked, the disk is copied. */
export async function copyLayers(layers: readonly LayerFile[], folder: string): Promise<LayerFile[]> {
  const disk = layers.at(-1);
  if (disk === undefined) throw new Error('a machine without a disk');
  const below = await linkLayers(layers.slice(0, -1), folder);
  const path = join(folder, DISK_FILE);
  await copyFile(disk.path, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  return [...below, { ...disk, path }];
}

/** Removes the layers that a machine had, and has no more. */
export async function dropLayers(
  folder: string,
  before: readonly LayerFile[],
  now: readonly LayerFile[],
): Promise<void> {
  const kept = new Set(now.map(({ path }) => path));
  for (const { path } of before) if (path.startsWith(`${folder}/`) && !kept.has(path)) await rm(path, { force: true });
}

/** What a machine's folder holds; nothing where the name is a file's. @throws else: a machine must not look as if it had ended */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') return [];
    throw error;
  });
}

/** What a daemon left that died while it added or removed layers: nobody else may be about to. */
export async function dropUnknownLayers(
  folder: string,
  names: readonly string[],
  known: readonly LayerFile[],
): Promise<void> {
  const paths = new Set(known.map(({ path }) => path));
  for (const name of names)
    if (name.endsWith('.qcow2') && !paths.has(join(folder, name))) await rm(join(folder, name), { force: true });
}

/** @throws BhattiError image.broken when an image that could not be pinned is not what it was */
export async function checkLayers(layers: readonly LayerFile[]): Promise<void> {
  for (const { path, identity } of layers) {
    if (identity === undefined || (await fileIdentity(path).catch(() => '')) === identity) continue;
    throw new BhattiError('image.broken', `cannot start the VM: ${path} is not the image it was made from`, {
      remedy: 'put that image back, or create the sandbox anew',
    });
  }
}

/** What a run leaves behind and the next one makes anew; the last console stays readable beside the new one. */
export async function clearRun(folder: string): Promise<void> {
  await rename(join(folder, CONSOLE_FILE), join(folder, PREVIOUS_CONSOLE_FILE)).catch(() => undefined);
  const left = [CONTROL_SOCKET, MONITOR_SOCKET, AGENT_SOCKET, EXIT_FILE];
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
}

/** Folder -> the writing that was begun last: a machine's end and what is done to it may want to write at once. */
const writing = new Map<string, Promise<void>>();

/** Of several, what was asked for last is what stands there in the end. */
export async function writeRecord(folder: string, record: VmRecord): Promise<void> {
  const before = writing.get(folder) ?? Promise.resolve();
  const mine = before.catch(() => undefined).then(() => writeRecordNow(folder, record));
  writing.set(folder, mine);
  try {
    await mine;
  } finally {
    if (writing.get(folder) === mine) writing.delete(folder);
  }
}

async function writeRecordNow(folder: string, record: VmRecord): Promise<void> {
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
