/**
 * One member of a tar archive, as tar(5) has it. Names are bytes: here they are strings of one character a byte
 * (latin1), so that what is no UTF-8 survives.
 */
export type EntryType = 'file' | 'hardlink' | 'symlink' | 'character' | 'block' | 'directory' | 'fifo';

export interface TarEntry {
  readonly name: string;
  readonly type: EntryType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Target of a link. */
  readonly target: string;
  readonly major: number;
  readonly minor: number;
  /** Records of the extended header that are kept: attributes and maps of sparse files. */
  readonly extended: ReadonlyMap<string, string>;
  /** Where its content lies in the archive; padding not counted. */
  readonly offset: number;
  readonly size: number;
}

export const BLOCK = 512;

export const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

/** The type flag of each type (POSIX ustar). */
export const FLAGS: Readonly<Record<EntryType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};

/** user.* and file capabilities; trusted.* is the layering of whoever packed it, security.selinux his policy. */
const KEPT = /^(SCHILY\.xattr\.(user\.|security\.capability$)|GNU\.sparse\.)/;

export const isKept = (key: string): boolean => KEPT.test(key);
