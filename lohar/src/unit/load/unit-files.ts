/** The narrow read-only view of the file system that loading units needs; the fake beside it is a map of paths. */

export type EntryType = 'file' | 'symlink' | 'directory' | 'other';

export interface FolderEntry {
  readonly name: string;
  readonly type: EntryType;
}

export type ReadResult =
  | { readonly ok: true; readonly text: string; readonly mtimeMs: number }
  | { readonly ok: false; readonly why: 'missing' | 'too-large' | 'failed' };

export interface UnitFiles {
  /** Sorted by name; empty when there is no such folder. */
  list(folder: string): readonly FolderEntry[];
  /** The target as written; null when it is no symlink. */
  readlink(path: string): string | null;
  /** Follows symlinks. */
  read(path: string): ReadResult;
  /** Of what the path leads to; null when it leads nowhere. */
  mtimeMs(path: string): number | null;
  /** Of the path itself; null when there is none. */
  type(path: string): EntryType | null;
  /** The file at the end of all symlinks; null when there is none. */
  real(path: string): string | null;
  isExecutable(path: string): boolean;
  /** Differs when what the path leads to differs, a missing file too; '' when that cannot be told yet. */
  stamp(path: string): string;
}
