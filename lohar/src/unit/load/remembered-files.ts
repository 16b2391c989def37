/** A view of unit files that asks the disk for each thing once: for questions that look at every folder many times. */
import type { EntryType, FolderEntry, ReadResult, UnitFiles } from './unit-files.ts';

export class RememberedFiles implements UnitFiles {
  readonly #files: UnitFiles;
  readonly #lists = new Map<string, readonly FolderEntry[]>();
  readonly #links = new Map<string, string | null>();
  readonly #types = new Map<string, EntryType | null>();

  constructor(files: UnitFiles) {
    this.#files = files;
  }

  list(folder: string): readonly FolderEntry[] {
    const known = this.#lists.get(folder);
    if (known !== undefined) return known;
    const entries = this.#files.list(folder);
    this.#lists.set(folder, entries);
    return entries;
  }

  readlink(path: string): string | null {
    const known = this.#links.get(path);
    if (known !== undefined) return known;
    const target = this.#files.readlink(path);
    this.#links.set(path, target);
    return target;
  }

  type(path: string): EntryType | null {
    const known = this.#types.get(path);
    if (known !== undefined) return known;
    const type = this.#files.type(path);
    this.#types.set(path, type);
    return type;
  }

  read(path: string): ReadResult {
    return this.#files.read(path);
  }
  mtimeMs(path: string): number | null {
    return this.#files.mtimeMs(path);
  }
  real(path: string): string | null {
    return this.#files.real(path);
  }
  stamp(path: string): string {
    return this.#files.stamp(path);
  }
  isExecutable(path: string): boolean {
    return this.#files.isExecutable(path);
  }
}
