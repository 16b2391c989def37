/** UnitFiles over the real file system, and the index of unit folders kept until one of them changes. */

import { X_OK } from '@bhatti/runtime/linux/constants.ts';
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { FILE_SIZE_MAX } from '../unit/file/parse.ts';
import { UNIT_PATH } from '../unit/load/search-path.ts';
import type { EntryType, FolderEntry, ReadResult, UnitFiles } from '../unit/load/unit-files.ts';
import { FOLDER_ENTRIES_MAX, type FolderContent, readUnitFolder, UnitIndex } from '../unit/load/unit-index.ts';

type FileSys = Pick<
  Sys,
  'readdir' | 'readlink' | 'readFile' | 'stat' | 'lstat' | 'stamp' | 'realpath' | 'access' | 'decode' | 'realtimeMs'
>;

/** Of a file that changed less than this ago, a further change may leave all times as they are. */
const UNSETTLED_MS = 1000;

export class DiskUnitFiles implements UnitFiles {
  readonly #sys: FileSys;

  constructor(sys: FileSys) {
    this.#sys = sys;
  }

  list(folder: string): readonly FolderEntry[] {
    const entries = this.#try(() => this.#sys.readdir(folder, FOLDER_ENTRIES_MAX)) ?? [];
    const typed = entries.map(({ name, type }) => ({
      name,
      type: type === 'unknown' ? (this.type(`${folder}/${name}`) ?? 'other') : entryType(type),
    }));
    return typed.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  readlink(path: string): string | null {
    return this.#try(() => this.#sys.readlink(path));
  }

  read(path: string): ReadResult {
    try {
      const stat = this.#sys.stat(path);
      if (stat.type === 'char') return { ok: true, text: '', mtimeMs: 0 };
      return { ok: true, text: this.#sys.decode(this.#sys.readFile(path, FILE_SIZE_MAX)), mtimeMs: stat.mtimeMs };
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      return { ok: false, why: error.code === 'ENOENT' ? 'missing' : error.code === 'EFBIG' ? 'too-large' : 'failed' };
    }
  }

  mtimeMs(path: string): number | null {
    return this.#try(() => this.#sys.stat(path).mtimeMs);
  }

  type(path: string): EntryType | null {
    const stat = this.#try(() => this.#sys.lstat(path));
    return stat === null ? null : entryType(stat.type);
  }

  real(path: string): string | null {
    return this.#try(() => this.#sys.realpath(path));
  }

  stamp(path: string): string {
    return this.#sys.stamp(path, this.#sys.realtimeMs() - UNSETTLED_MS) ?? 'missing';
  }

  isExecutable(path: string): boolean {
    return this.#sys.access(path, X_OK);
  }

  #try<T>(look: () => T): T | null {
    try {
      return look();
    } catch (error) {
      if (error instanceof SysError) return null;
      throw error;
    }
  }
}

function entryType(type: string): EntryType {
  return type === 'file' || type === 'symlink' || type === 'directory' ? type : 'other';
}

/** Hands out the same index until a folder's content changes, so that a missing unit costs a dozen stats. */
export class IndexCache {
  readonly #files: UnitFiles;
  #stamps: readonly string[] = [];
  #index: UnitIndex | null = null;

  constructor(files: UnitFiles) {
    this.#files = files;
  }

  get(): UnitIndex {
    const before = this.#index?.contents ?? [];
    // Before the folder is listed: what changes meanwhile is seen the next time.
    const stamps = UNIT_PATH.map((folder) => this.#files.stamp(folder));
    const contents = UNIT_PATH.map((folder, i) => {
      const known = before[i];
      if (known !== undefined && !known.leadsElsewhere && stamps[i] !== '' && stamps[i] === this.#stamps[i])
        return known;
      const content = readUnitFolder(this.#files, folder);
      return known !== undefined && isSame(known, content) ? known : content;
    });
    this.#stamps = stamps;
    if (this.#index === null || contents.some((content, i) => content !== before[i]))
      this.#index = new UnitIndex(contents);
    return this.#index;
  }
}

function isSame(a: FolderContent, b: FolderContent): boolean {
  const text = ({ units, folders, leadsElsewhere }: FolderContent) =>
    JSON.stringify([[...units], folders, leadsElsewhere]);
  return text(a) === text(b);
}
