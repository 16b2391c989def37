/** What a file is: statx, statfs and folders. */
import { decodeLossless } from 'native';
import type { DirEntry, Fd, Stat } from '../sys.ts';
import * as c from './constants.ts';
import { close, open } from './files.ts';
import { attempt, check, view } from './kernel.ts';

const STATX_BASIC = 0x7ff;
const STATX_SIZE = 256;
const LISTING_SIZE = 16384;

const TYPES: Readonly<Record<number, Stat['type']>> = {
  [c.S_IFREG]: 'file',
  [c.S_IFDIR]: 'directory',
  [c.S_IFLNK]: 'symlink',
  [c.S_IFIFO]: 'fifo',
  [c.S_IFSOCK]: 'socket',
  [c.S_IFCHR]: 'char',
  [c.S_IFBLK]: 'block',
};

const timeMs = (at: DataView, offset: number): number =>
  Number(at.getBigInt64(offset, true)) * 1000 + at.getUint32(offset + 8, true) / 1e6;

/** struct statx (linux/stat.h). */
function statx(fd: Fd, path: string, flags: number, object: string | number): Stat {
  const bytes = new Uint8Array(STATX_SIZE);
  check(attempt('statx', fd, path, flags, STATX_BASIC, bytes), 'stat', object);
  const at = view(bytes);
  const mode = at.getUint16(28, true);
  const device = `${at.getUint32(136, true)}:${at.getUint32(140, true)}`;
  return {
    type: TYPES[mode & c.S_IFMT] ?? 'file',
    mode: mode & 0o7777,
    uid: at.getUint32(20, true),
    gid: at.getUint32(24, true),
    size: Number(at.getBigUint64(40, true)),
    mtimeMs: timeMs(at, 112),
    ctimeMs: timeMs(at, 96),
    nlink: at.getUint32(16, true),
    id: `${device}:${at.getBigUint64(32, true)}`,
  };
}

export const stat = (path: string): Stat => statx(c.AT_FDCWD, path, 0, path);
export const lstat = (path: string): Stat => statx(c.AT_FDCWD, path, c.AT_SYMLINK_NOFOLLOW, path);
export const fstat = (fd: Fd): Stat => statx(fd, '', c.AT_EMPTY_PATH, fd);

const stampBytes = new Uint8Array(STATX_SIZE);
const stampView = view(stampBytes);

/**
 * Inode, size, change and modification time and device of what a path leads to, as one text: two that are the same
 * mean that the file is. null when there is nothing; '' when it changed after `settledMs`: the file system's clock has
 * steps, and a later change within the same one could not be told from this one.
 */
export function stamp(path: string, settledMs: number): string | null {
  if (attempt('statx', c.AT_FDCWD, path, 0, STATX_BASIC, stampBytes) < 0) return null;
  if (stampView.getUint32(96, true) * 1000 + 1000 > settledMs) return '';
  // Inode and size in the place of the time of birth: all that counts lies side by side then.
  stampBytes.copyWithin(80, 32, 48);
  return stampBytes.subarray(80, 144).toBase64();
}

/** struct statfs, the same on both architectures. */
export function statfs(path: string): {
  blockSize: number;
  blocks: number;
  free: number;
  available: number;
  type: number;
} {
  const bytes = new Uint8Array(120);
  check(attempt('statfs', path, bytes), 'statfs', path);
  const at = view(bytes);
  const word = (index: number) => Number(at.getBigUint64(8 * index, true));
  return { type: word(0), blockSize: word(1), blocks: word(2), free: word(3), available: word(4) };
}

/** DT_* of linux_dirent64 are the type bits of the mode, shifted. */
const typeOf = (entry: number): DirEntry['type'] => TYPES[entry << 12] ?? 'unknown';

export function readdir(path: string, limit: number): DirEntry[] {
  const fd = open(path, c.O_RDONLY | c.O_DIRECTORY);
  const entries: DirEntry[] = [];
  try {
    const buffer = new Uint8Array(LISTING_SIZE);
    const at = view(buffer);
    while (entries.length < limit) {
      const size = check(attempt('getdents64', fd, buffer, buffer.length), 'list', path);
      if (size === 0) break;
      for (let offset = 0; offset < size && entries.length < limit; offset += at.getUint16(offset + 16, true)) {
        const name = decodeLossless(buffer.subarray(offset + 19, buffer.indexOf(0, offset + 19)));
        if (name !== '.' && name !== '..') entries.push({ name, type: typeOf(at.getUint8(offset + 18)) });
      }
    }
  } finally {
    close(fd);
  }
  return entries;
}
