/** Unit files out of a map: a string is a file, `-> target` a symlink; folders follow from the paths. */
import { linkTarget } from './link-target.ts';
import type { EntryType, FolderEntry, ReadResult, UnitFiles } from './unit-files.ts';

export class FakeUnitFiles implements UnitFiles {
  readonly entries: Map<string, string>;
  /** Raised by `touch`; every file's time unless given. */
  readonly mtimes = new Map<string, number>();
  readonly executables = new Set<string>();

  constructor(entries: Readonly<Record<string, string>>) {
    this.entries = new Map(Object.entries(entries));
  }

  touch(path: string, mtimeMs: number): void {
    this.mtimes.set(path, mtimeMs);
  }

  list(folder: string): readonly FolderEntry[] {
    const found = new Map<string, EntryType>();
    for (const path of this.entries.keys()) {
      if (!path.startsWith(`${folder}/`)) continue;
      const [name = '', ...rest] = path.slice(folder.length + 1).split('/');
      if (rest.length > 0) found.set(name, 'directory');
      else if (name !== '') found.set(name, this.type(path) ?? 'other');
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, type]) => ({ name, type }));
  }

  readlink(path: string): string | null {
    const content = this.entries.get(path);
    return content?.startsWith('-> ') === true ? content.slice(3) : null;
  }

  read(path: string): ReadResult {
    const real = this.real(path);
    const text = real === null ? undefined : this.entries.get(real);
    if (real === null || text === undefined) return { ok: false, why: 'missing' };
    return { ok: true, text, mtimeMs: this.mtimes.get(real) ?? 1 };
  }

  mtimeMs(path: string): number | null {
    const real = this.real(path);
    if (real === null) return null;
    return this.mtimes.get(real) ?? 1;
  }

  type(path: string): EntryType | null {
    if (this.entries.has(path)) return this.readlink(path) === null ? 'file' : 'symlink';
    return this.list(path).length > 0 ? 'directory' : null;
  }

  real(path: string): string | null {
    let at = path;
    for (let depth = 0; depth < 16; depth++) {
      const target = this.readlink(at);
      if (target === null) return at === '/dev/null' || this.entries.has(at) || this.list(at).length > 0 ? at : null;
      at = linkTarget(at, target);
    }
    return null;
  }

  stamp(path: string): string {
    const real = this.real(path);
    if (real === null) return 'missing';
    const content =
      this.entries.get(real) ??
      this.list(real)
        .map(({ name, type }) => `${name} ${type}`)
        .join();
    return `${this.mtimes.get(real) ?? 1} ${content}`;
  }

  isExecutable(path: string): boolean {
    return this.executables.has(path);
  }
}
