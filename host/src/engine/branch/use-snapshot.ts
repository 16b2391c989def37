/** From a snapshot to machines: new ones beside it, or the one that it was taken of, set back. */
import { randomBytes } from 'node:crypto';
import { chown, link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { qcow2Overlay } from '../qemu/qcow2.ts';
import { copyMemory } from '../saved/copy-memory.ts';
import { SAVED_MEMORY } from '../saved/memory-file.ts';
import {
  adoptFresh,
  beginSaved,
  dropUnfinished,
  FRESH_FOLDER,
  type SavedManifest,
  STATE_FILES,
  synced,
} from '../saved/saved-state.ts';
import {
  DEVICES_FILE,
  dropLayers,
  dropUnknownLayers,
  type LayerFile,
  linkLayers,
  type VmRecord,
  writeRecord,
} from '../vm/folder.ts';
import type { ForkBase } from './fork-base.ts';
import { type KeptSnapshot, Layers } from './snapshot-store.ts';

/** Beside the state of a machine that is to be set back: the layers of its disk then. */
const LAYERS_FILE = 'layers.json';
/** Where a fork of a snapshot finds its memory, until QEMU maps it. */
const RESTORED_MEMORY = 'restored';

/** What forks of a snapshot begin with; each has to lay its own memory first. */
export function snapshotBase({ folder, layers, diskBytes }: KeptSnapshot, { stoppedMs }: SavedManifest): ForkBase {
  return { layers, diskBytes, state: join(folder, DEVICES_FILE), memory: RESTORED_MEMORY, live: { atMs: stoppedMs } };
}

/** @param to folder of the machine @param uid who maps it @throws BhattiError saved.broken */
export async function layMemory(
  { folder }: KeptSnapshot,
  manifest: SavedManifest,
  to: string,
  uid: number | null,
  signal: AbortSignal,
): Promise<void> {
  const path = join(to, RESTORED_MEMORY);
  await copyMemory(folder, manifest, path, signal);
  if (uid !== null) await chown(path, uid, uid);
}

/** QEMU maps it: it needs no name any more. */
export async function forgetMemory(folder: string): Promise<void> {
  await rm(join(folder, RESTORED_MEMORY), { force: true });
}

/**
 * Lays a snapshot's state into `saved.new` of the machine it was taken of, and a new disk beside it, for finishRestore().
 * @throws BhattiError saved.broken | Error of the disk; then nothing of it is left
 */
export async function laySnapshot(
  snapshot: KeptSnapshot,
  manifest: SavedManifest,
  machine: { readonly folder: string; readonly record: VmRecord },
  signal: AbortSignal,
): Promise<void> {
  const { folder, record } = machine;
  const stem = `disk-${randomBytes(4).toString('hex')}`;
  await beginSaved(folder);
  try {
    await layState(snapshot, manifest, machine, signal);
    const layers = await layDisk(snapshot, folder, record.layers[0], stem);
    await synced(join(folder, FRESH_FOLDER, LAYERS_FILE), JSON.stringify(layers));
  } catch (error) {
    await dropUnfinished(folder);
    for (const name of await readdir(folder)) if (name.startsWith(stem)) await rm(join(folder, name), { force: true });
    throw error;
  }
}

async function layState(
  snapshot: KeptSnapshot,
  manifest: SavedManifest,
  { folder, record }: { readonly folder: string; readonly record: VmRecord },
  signal: AbortSignal,
): Promise<void> {
  const fresh = join(folder, FRESH_FOLDER);
  await copyMemory(snapshot.folder, manifest, join(fresh, SAVED_MEMORY), signal);
  if (record.uid !== undefined) await chown(join(fresh, SAVED_MEMORY), record.uid, record.uid);
  for (const name of STATE_FILES)
    await link(join(snapshot.folder, name), join(fresh, name)).catch((error) => {
      if (error.code !== 'ENOENT') throw error; // it was not summed yet
    });
}

/** @param image what the machine's disk begins with @param stem what the names of the new layers begin with */
async function layDisk(
  { layers: [lowest, ...own], diskBytes }: KeptSnapshot,
  folder: string,
  image: LayerFile | undefined,
  stem: string,
): Promise<readonly LayerFile[]> {
  const below = [image ?? lowest, ...(await linkLayers(own, folder, stem))].filter((layer) => layer !== undefined);
  const backing = below.at(-1);
  if (backing === undefined) throw new Error('a snapshot without a disk');
  const top: LayerFile = { path: join(folder, `${stem}.qcow2`), format: 'qcow2' };
  await writeFile(top.path, qcow2Overlay({ virtualSize: diskBytes, backing }), { mode: 0o600, flag: 'wx' });
  return [...below, top];
}

/**
 * Sets a machine back whose state was laid, and that has ended.
 * @returns what is known of the machine from now on
 */
export async function finishRestore(folder: string, record: VmRecord): Promise<VmRecord> {
  const text = await readFile(join(folder, FRESH_FOLDER, LAYERS_FILE), 'utf8').catch(() => null);
  if (text === null) return record;
  const restored = { ...record, layers: Layers.parse(JSON.parse(text)) as LayerFile[] };
  await writeRecord(folder, restored); // a saved memory that does not fit to the disk must never be found
  await adoptFresh(folder);
  await dropLayers(folder, record.layers, restored.layers);
  return restored;
}

/**
 * The disk of a machine whose daemon died: a restore is finished where the machine has ended, and layers that it had just
 * got, or no longer has, go.
 *
 * @param names what the folder holds
 */
export async function recoverDisk(
  folder: string,
  names: readonly string[],
  record: VmRecord,
  ended: boolean,
): Promise<VmRecord> {
  const recovered = ended && names.includes(FRESH_FOLDER) ? await finishRestore(folder, record) : record;
  await dropUnknownLayers(folder, names, recovered.layers);
  return recovered;
}
