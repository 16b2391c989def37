/** Notes what the description of a unit was made from, to tell later whether it would be the same again. */
import type { Machine } from '../exec/specifier.ts';
import type { Sources } from './load-unit.ts';
import type { EntryType, FolderEntry, ReadResult, UnitFiles } from './unit-files.ts';

/** PATH STAMP PATH STAMP ...; null: not of files alone. */
export type MadeFrom = readonly string[] | null;

/** @returns sources like those given, and what has been asked of them so far; what the index says is not noted */
export function watched({ files, index, machine, kernelHas }: Sources): {
  readonly sources: Sources;
  madeFrom(): MadeFrom;
} {
  const watchedFiles = new WatchedFiles(files);
  let notOfFiles = false;
  const watchedKernel = (id: string): ReturnType<NonNullable<Sources['kernelHas']>> => {
    const found = kernelHas?.(id) ?? null;
    if (found !== null) notOfFiles = true;
    return found;
  };
  const watchedMachine = new Proxy(machine, {
    get: (target, name) => {
      notOfFiles = true;
      return target[name as keyof Machine];
    },
  });
  return {
    sources: { files: watchedFiles, index, machine: watchedMachine, kernelHas: watchedKernel },
    madeFrom: () => (notOfFiles ? null : watchedFiles.noted),
  };
}

/** Would everything be found as it was? */
export function isAsNoted(madeFrom: MadeFrom, stampOf: (path: string) => string): boolean {
  if (madeFrom === null) return false;
  for (let i = 0; i < madeFrom.length; i += 2) {
    const stamp = madeFrom[i + 1];
    if (stamp === '' || stampOf(madeFrom[i] ?? '') !== stamp) return false;
  }
  return true;
}

/** Each path is noted before it is looked at: what changes in between is seen the next time. */
class WatchedFiles implements UnitFiles {
  readonly noted: string[] = [];
  readonly #files: UnitFiles;

  constructor(files: UnitFiles) {
    this.#files = files;
  }

  #note(path: string): void {
    if (!this.noted.includes(path)) this.noted.push(path, this.#files.stamp(path));
  }

  list(folder: string): readonly FolderEntry[] {
    this.#note(folder);
    return this.#files.list(folder);
  }
  read(path: string): ReadResult {
    this.#note(path);
    return this.#files.read(path);
  }
  type(path: string): EntryType | null {
    this.#note(path);
    return this.#files.type(path);
  }
  real(path: string): string | null {
    this.#note(path);
    return this.#files.real(path);
  }
  readlink(path: string): string | null {
    this.#note(path);
    return this.#files.readlink(path);
  }
  mtimeMs(path: string): number | null {
    this.#note(path);
    return this.#files.mtimeMs(path);
  }
  isExecutable(path: string): boolean {
    this.#note(path);
    return this.#files.isExecutable(path);
  }
  stamp(path: string): string {
    return this.#files.stamp(path);
  }
}
