/** What is mounted and what is swapped to, read when somebody asks; one reading serves all who ask in one turn. */
import type { Loop, Sys } from '@bhatti/runtime/sys.ts';
import { readText } from '../../read-text.ts';
import type { Settings } from '../../unit/directive/tables.ts';
import {
  type MountEntry,
  nameRoot,
  parseMountInfo,
  parseSwaps,
  parseUtab,
  type SwapEntry,
} from '../../unit/mount/mount-info.ts';
import { MOUNT_INITIAL, SWAP_INITIAL } from '../../unit/mount/mount-settings.ts';
import { ROOT_MOUNT, typeOfName } from '../../unit/name.ts';
import { pathOf } from '../../unit/name-escape.ts';

export const MOUNTINFO = '/proc/self/mountinfo';
export const SWAPS = '/proc/swaps';
const UTAB = '/run/mount/utab';
/** Of a machine with thousands of mounts. */
const SIZE_MAX = 4 * 1024 * 1024;

type TableSys = Pick<Sys, 'readFile' | 'decode'>;

interface Reading {
  readonly mounts: ReadonlyMap<string, MountEntry>;
  readonly swaps: ReadonlyMap<string, SwapEntry>;
}

export class MountTable {
  readonly #sys: TableSys;
  readonly #loop: Pick<Loop, 'defer'>;
  #reading: Reading | null = null;

  constructor(sys: TableSys, loop: Pick<Loop, 'defer'>) {
    this.#sys = sys;
    this.#loop = loop;
  }

  get #now(): Reading {
    if (this.#reading === null) {
      const read = (path: string): string => readText(this.#sys, path, SIZE_MAX);
      const mounts = parseMountInfo(read(MOUNTINFO));
      nameRoot(mounts, read('/proc/cmdline'));
      this.#reading = { mounts, swaps: parseSwaps(read(SWAPS)) };
      this.#loop.defer(() => this.forget());
    }
    return this.#reading;
  }

  /** Something may have changed in this very turn. */
  forget(): void {
    this.#reading = null;
  }

  get mounts(): ReadonlyMap<string, MountEntry> {
    return this.#now.mounts;
  }

  get swaps(): ReadonlyMap<string, SwapEntry> {
    return this.#now.swaps;
  }

  /** Without the traps of automounts, which are no mounts. */
  mountAt(where: string): MountEntry | null {
    const entry = this.#now.mounts.get(where);
    return entry === undefined || entry.type === 'autofs' ? null : entry;
  }

  /** With the options that only mount(8) knows. */
  optionsAt(where: string): string {
    const own = parseUtab(readText(this.#sys, UTAB, SIZE_MAX)).get(where);
    return [this.mountAt(where)?.options ?? '', ...(own === undefined ? [] : [own])].join(',');
  }

  /** What a unit without a file is, when the kernel has its mount or swap. */
  settingsOf(id: string): Partial<Settings> | null {
    const type = typeOfName(id);
    if ((type !== 'mount' && type !== 'swap') || id === ROOT_MOUNT) return null;
    const path = pathOf(id);
    if (type === 'swap') {
      const Swap = { ...SWAP_INITIAL, What: path };
      return this.swaps.has(path) ? { SourcePath: SWAPS, Swap } : null;
    }
    const entry = this.mountAt(path);
    if (entry === null) return null;
    const { what: What, type: Type, options: Options } = entry;
    return { SourcePath: MOUNTINFO, Mount: { ...MOUNT_INITIAL, What, Type, Options, Where: path } };
  }
}
