/**
 * Snapshots, one folder each, that need nothing else:
 *
 *   snapshot.json   SnapshotRecord          saved.json, sums.json   of its memory (engine/saved)
 *   memory          all of it, sparse, or what differs from an older one (engine/saved/memory-file.ts)
 *   devices         the state of its devices
 *   image, *.qcow2  hard links of the layers of its disk            kernel
 *
 * One is made in its machine's folder and renamed to here: what is here is whole.
 */
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { z } from 'zod';
import type { VmSnapshot } from '../../ports/engine.ts';
import { diskBytesOf } from '../prunable.ts';
import { isThin, wholeMemoryOf } from '../saved/memory-file.ts';
import type { SavedChecks } from '../saved/saved-checks.ts';
import { sync, synced } from '../saved/saved-state.ts';
import { type LayerFile, makeFolder, removeFolder } from '../vm/folder.ts';
import { finishThin, thinMemory } from './thin-memory.ts';

const RECORD_FILE = 'snapshot.json';

export const Layers = z
  .array(z.strictObject({ path: z.string(), format: z.enum(['raw', 'qcow2']), identity: z.string().optional() }))
  .min(1);
const Record = z.strictObject({
  id: z.string(),
  of: z.string().optional(),
  template: z.string().optional(),
  createdMs: z.number(),
  pausedMs: z.number(),
  told: z.unknown(),
  layers: Layers,
  diskBytes: z.int().positive(),
  kernel: z.string(),
});

export interface SnapshotRecord {
  readonly id: string;
  /** The machine; snapshots from before it was noted have none. */
  readonly of?: string | undefined;
  /** templateKey() of what such machines are forked from. */
  readonly template?: string | undefined;
  readonly createdMs: number;
  readonly pausedMs: number;
  /** What whoever asked for it wants to know of it later, JSON. */
  readonly told: unknown;
  /** Of its disk, the lowest first; names within its folder, or absolute paths of what could not be linked. */
  readonly layers: readonly LayerFile[];
  /** Of the disk that the guest sees. */
  readonly diskBytes: number;
  /** What its guest has booted. */
  readonly kernel: string;
}

export interface KeptSnapshot extends SnapshotRecord {
  readonly folder: string;
}

/** What a caller of its folder may not have to know. */
const inside = (folder: string, path: string): string => (isAbsolute(path) ? path : join(folder, path));

export class SnapshotStore {
  readonly #folder: string;
  readonly #checks: SavedChecks;
  readonly #templateMemory: (key: string) => Promise<string | null>;
  readonly #kept = new Map<string, KeptSnapshot>();

  /** @param templateMemory file of a template's memory, by its key; null where there is none */
  constructor(folder: string, checks: SavedChecks, templateMemory: (key: string) => Promise<string | null>) {
    this.#folder = folder;
    this.#checks = checks;
    this.#templateMemory = templateMemory;
  }

  /** Finds those of a daemon that is gone; what one left that died while it removed some is removed. */
  async adopt(): Promise<void> {
    await makeFolder(this.#folder);
    const found: SnapshotRecord[] = [];
    for (const id of await readdir(this.#folder)) {
      const record = await readRecord(join(this.#folder, id));
      if (record === null) await removeFolder(join(this.#folder, id));
      else found.push(record);
    }
    found.sort((a, b) => a.createdMs - b.createdMs); // the older one stays whole
    for (const record of found) this.#admit(join(this.#folder, record.id), record);
  }

  /** @throws BhattiError snapshot.not-found */
  get(id: string): KeptSnapshot {
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    throw new BhattiError('snapshot.not-found', `cannot find the snapshot ${id}`, { remedy: 'bhatti snapshot list' });
  }

  /** Oldest first. */
  async report(): Promise<readonly VmSnapshot[]> {
    return Promise.all(
      [...this.#kept.values()]
        .sort((a, b) => a.createdMs - b.createdMs)
        .map(async ({ id, createdMs, pausedMs, told, folder }) => ({
          ...{ id, createdMs, pausedMs, told },
          diskBytes: (await diskBytesOf([folder])).get(folder) ?? 0, // what another links stays
        })),
    );
  }

  /** Takes over a folder in which all but the record is written, and synced. */
  async admit(fresh: string, record: SnapshotRecord): Promise<void> {
    await synced(join(fresh, RECORD_FILE), JSON.stringify(record));
    await sync(fresh);
    const folder = join(this.#folder, record.id);
    await rename(fresh, folder);
    await sync(this.#folder);
    this.#admit(folder, record);
  }

  /** Forks of it have links of their own. @throws BhattiError snapshot.not-found */
  async remove(id: string): Promise<void> {
    const { folder } = this.get(id);
    this.#kept.delete(id);
    await this.#checks.end(folder);
    await rm(join(folder, RECORD_FILE), { force: true }); // from now on the next daemon removes the rest
    await removeFolder(folder);
  }

  #admit(folder: string, record: SnapshotRecord): void {
    const { id, layers, kernel } = record;
    const found = layers.map((layer) => ({ ...layer, path: inside(folder, layer.path) }));
    this.#kept.set(id, { ...record, folder, layers: found, kernel: inside(folder, kernel) });
    this.#checks.begin(folder, (signal) => this.#thin(id, signal));
  }

  /** What its memory has in common with an earlier one of the same machine, or with its template, needs no room of its own. */
  async #thin(id: string, signal: AbortSignal): Promise<void> {
    const snapshot = this.get(id);
    if (await isThin(snapshot.folder)) return finishThin(snapshot.folder); // a daemon may have died just before the end
    const base = await this.#baseOf(snapshot);
    if (base !== null) await thinMemory(snapshot.folder, base, signal);
  }

  async #baseOf({ of, template, createdMs }: KeptSnapshot): Promise<string | null> {
    if (of === undefined) return null;
    const earlier = [...this.#kept.values()].filter((other) => other.of === of && other.createdMs < createdMs);
    const last = earlier.sort((a, b) => a.createdMs - b.createdMs).at(-1);
    if (last !== undefined) return wholeMemoryOf(last.folder);
    return template === undefined ? null : this.#templateMemory(template);
  }
}

async function readRecord(folder: string): Promise<SnapshotRecord | null> {
  try {
    return Record.parse(JSON.parse(await readFile(join(folder, RECORD_FILE), 'utf8'))) as SnapshotRecord;
  } catch {
    return null;
  }
}
