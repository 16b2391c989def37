/** UnitFiles over the real file system, and the index of unit folders kept until one of them changes. */

import { X_OK } from '@bhatti/runtime/linux/constants.ts';
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { FILE_SIZE_MAX } from '../unit/file/parse.ts';
import { UNIT_PATH } from '../unit/load/search-path.ts';
import type { EntryType, FolderEntry, ReadResult, UnitFiles } from '../unit/load/unit-files.ts';
import { FOLDER_ENTRIES_MAX, UnitIndex } from '../unit/load/unit-index.ts';

type FileSys = Pick<Sys, 'readdir' | 'readlink' | 'readFile' | 'stat' | 'lstat' | 'realpath' | 'access' | 'decode'>;

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

/** Hands out the same index until a folder's time changes, so that a missing unit costs a dozen stats. */
export class IndexCache {
  readonly #files: UnitFiles;
  #stamp = '';
  #index: UnitIndex | null = null;

  constructor(files: UnitFiles) {
    this.#files = files;
  }

  get(): UnitIndex {
    const stamp = UNIT_PATH.map((folder) => this.#files.mtimeMs(folder) ?? '-').join();
    if (this.#index === null || stamp !== this.#stamp) {
      this.#index = new UnitIndex(this.#files);
      this.#stamp = stamp;
    }
    return this.#index;
  }

  /** daemon-reload: whatever changed, look anew. */
  drop(): void {
    this.#index = null;
  }
}
