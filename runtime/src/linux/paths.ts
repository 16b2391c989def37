/** Names: links, folders, owners and times. */
import { decodeLossless } from 'native';
import { type Fd, SysError } from '../sys.ts';
import { timespec } from './clock.ts';
import * as c from './constants.ts';
import { close, open } from './files.ts';
import { attempt, check } from './kernel.ts';

const PATH_MAX = 4096;
const HERE = c.AT_FDCWD;

function readlinkAt(directory: Fd, path: string, object: string): string {
  const buffer = new Uint8Array(PATH_MAX);
  return decodeLossless(
    buffer.subarray(0, check(attempt('readlinkat', directory, path, buffer, PATH_MAX), 'readlink', object)),
  );
}

export const readlink = (path: string): string => readlinkAt(HERE, path, path);
export const symlink = (target: string, path: string): void =>
  void check(attempt('symlinkat', target, HERE, path), 'symlink', path);
export const link = (from: string, to: string): void =>
  void check(attempt('linkat', HERE, from, HERE, to, 0), 'link', to);
export const rename = (from: string, to: string): void =>
  void check(attempt('renameat2', HERE, from, HERE, to, 0), 'rename', from);
export const unlink = (path: string): void => void check(attempt('unlinkat', HERE, path, 0), 'remove', path);
export const rmdir = (path: string): void =>
  void check(attempt('unlinkat', HERE, path, c.AT_REMOVEDIR), 'remove', path);
export const mkdir = (path: string, mode: number): void =>
  void check(attempt('mkdirat', HERE, path, mode), 'mkdir', path);
export const chmod = (path: string, mode: number): void =>
  void check(attempt('fchmodat', HERE, path, mode), 'chmod', path);
export const chown = (path: string, uid: number, gid: number): void =>
  void check(attempt('fchownat', HERE, path, uid, gid, c.AT_SYMLINK_NOFOLLOW), 'chown', path);

export function utimes(path: string, atimeMs: number, mtimeMs: number): void {
  const times = new Uint8Array(32);
  times.set(timespec(atimeMs));
  times.set(timespec(mtimeMs), 16);
  check(attempt('utimensat', HERE, path, times, c.AT_SYMLINK_NOFOLLOW), 'set the times of', path);
}

/** The real uid's rights, as access(2). */
export const access = (path: string, mode: number): boolean => attempt('faccessat', HERE, path, mode) === 0;

/** Needs /proc. */
export function realpath(path: string): string {
  const fd = open(path, c.O_PATH);
  try {
    const real = readlinkAt(HERE, `/proc/self/fd/${fd}`, path);
    if (!real.startsWith('/')) throw new SysError(`resolve ${path}`, c.ERRNO.ENOENT, 'ENOENT');
    return real;
  } finally {
    close(fd);
  }
}
