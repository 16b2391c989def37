/** Open files and their content. */
import { encodeLossless, readKept as readKeptNative, syscall, transfer, writeKept as writeKeptNative } from 'native';
import { AGAIN, type Fd, SysError } from '../sys.ts';
import { random } from './clock.ts';
import * as c from './constants.ts';
import { attempt, check, view } from './kernel.ts';
import { numberOf } from './numbers.ts';

const READ = numberOf('read');
const WRITE = numberOf('write');
const AGAIN_RESULT = -c.ERRNO.EAGAIN;

/** No terminal that is opened becomes the controlling one by accident. */
const ALWAYS = c.O_CLOEXEC | c.O_NOCTTY;

export const open = (path: string, flags: number, mode = 0): Fd =>
  check(attempt('openat', c.AT_FDCWD, path, flags | ALWAYS, mode), 'open', path);

export const close = (fd: Fd): void => void check(attempt('close', fd), 'close', fd);

export function read(fd: Fd, into: Uint8Array): number {
  const size = syscall(READ, fd, into, into.length);
  return size === AGAIN_RESULT ? AGAIN : check(size, 'read', fd);
}

export function readKept(fd: Fd, into: Uint8Array, copy: Fd, count: number, ring: number): number {
  const size = readKeptNative(fd, into, copy, count, ring);
  return size === AGAIN_RESULT ? AGAIN : check(size, 'read', fd);
}

export function writeKept(fd: Fd, from: Uint8Array, copy: Fd, count: number): number {
  const size = writeKeptNative(fd, from, copy, count);
  return size === AGAIN_RESULT ? AGAIN : check(size, 'write', fd);
}

export function write(fd: Fd, from: Uint8Array): number {
  const size = syscall(WRITE, fd, from, from.length);
  return size === AGAIN_RESULT ? AGAIN : check(size, 'write', fd);
}

export function readMany(fd: Fd, into: Uint8Array): number {
  const size = transfer(READ, fd, into);
  return size === AGAIN_RESULT ? AGAIN : check(size, 'read', fd);
}

export function writeMany(fd: Fd, from: Uint8Array): number {
  const size = transfer(WRITE, fd, from);
  return size === AGAIN_RESULT ? AGAIN : check(size, 'write', fd);
}

export const pread = (fd: Fd, into: Uint8Array, offset: number): number =>
  check(attempt('pread64', fd, into, into.length, offset), 'read', fd);

export const pwrite = (fd: Fd, from: Uint8Array, offset: number): number =>
  check(attempt('pwrite64', fd, from, from.length, offset), 'write', fd);

export const ftruncate = (fd: Fd, size: number): void => void check(attempt('ftruncate', fd, size), 'truncate', fd);
export const fsync = (fd: Fd): void => void check(attempt('fsync', fd), 'fsync', fd);
export const fchmod = (fd: Fd, mode: number): void => void check(attempt('fchmod', fd, mode), 'chmod', fd);
export const fchown = (fd: Fd, uid: number, gid: number): void =>
  void check(attempt('fchown', fd, uid, gid), 'chown', fd);

function withFile<T>(fd: Fd, use: (fd: Fd) => T): T {
  try {
    return use(fd);
  } finally {
    close(fd);
  }
}

/** Files of proc and sysfs say 0 or 4096 whatever they hold, so the end is found by reading. */
export function readFile(path: string, limit: number): Uint8Array {
  return withFile(open(path, c.O_RDONLY), (fd) => {
    let buffer = new Uint8Array(Math.min(limit, 4096) + 1);
    let used = 0;
    for (;;) {
      used += check(transfer(READ, fd, used === 0 ? buffer : buffer.subarray(used)), 'read', path);
      if (used > limit) throw new SysError(`read ${path}`, c.ERRNO.EFBIG, 'EFBIG');
      if (used < buffer.length) return buffer.subarray(0, used);
      const larger = new Uint8Array(Math.min(limit, 4 * used) + 1);
      larger.set(buffer);
      buffer = larger;
    }
  });
}

/** @throws SysError also when the kernel took only a part and then failed */
function writeAll(fd: Fd, path: string, bytes: Uint8Array): void {
  // Once even when empty: some files of proc and the cgroups take an empty write as a value.
  let done = 0;
  do {
    const rest = bytes.subarray(done);
    done += check(attempt('write', fd, rest, rest.length), 'write', path);
  } while (done < bytes.length);
}

export function writeFile(
  path: string,
  content: Uint8Array | string,
  also: { readonly mode?: number; readonly append?: boolean } = {},
): void {
  const bytes = typeof content === 'string' ? encodeLossless(content) : content;
  const how = also.append === true ? c.O_APPEND : c.O_TRUNC;
  withFile(open(path, c.O_WRONLY | c.O_CREAT | how, also.mode ?? 0o644), (fd) => writeAll(fd, path, bytes));
}

export function writeFileAtomic(
  path: string,
  content: Uint8Array,
  also: { readonly mode?: number; readonly uid?: number; readonly gid?: number } = {},
): void {
  const folder = path.slice(0, path.lastIndexOf('/')) || (path.startsWith('/') ? '/' : '.');
  // Not derived from the file's name, which may already be as long as a name can be.
  const unfinished = `${folder}/.bhatti-${view(random(4)).getUint32(0).toString(16)}`;
  const flags = c.O_WRONLY | c.O_CREAT | c.O_EXCL | c.O_NOFOLLOW;
  const fd = open(unfinished, flags, 0o600);
  try {
    withFile(fd, () => {
      writeAll(fd, path, content);
      if (also.uid !== undefined || also.gid !== undefined) fchown(fd, also.uid ?? -1, also.gid ?? -1);
      fchmod(fd, also.mode ?? 0o644);
      fsync(fd);
    });
    check(attempt('renameat2', c.AT_FDCWD, unfinished, c.AT_FDCWD, path, 0), 'rename to', path);
  } catch (error) {
    attempt('unlinkat', c.AT_FDCWD, unfinished, 0);
    throw error;
  }
  withFile(open(folder, c.O_RDONLY | c.O_DIRECTORY), fsync);
}
