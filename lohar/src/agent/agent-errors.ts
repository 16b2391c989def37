/** Errors that more than one part of the agent makes. */
import { SysError } from '@bhatti/runtime/sys.ts';
import { BhattiError, type ErrorCode } from '@bhatti/wire/errors.ts';
import { parseSignal } from '../unit/value/signal.ts';

const WORDS: Readonly<Record<string, readonly [code: ErrorCode, why: string, remedy: string]>> = {
  ENOENT: ['file.not-found', 'there is no such file or directory', 'bhatti file ls SANDBOX:FOLDER shows what is there'],
  EISDIR: ['file.is-directory', 'it is a directory', 'name a file, or copy the directory with bhatti file cp'],
  ENOTDIR: ['file.not-directory', 'a part of the path is not a directory', 'check the path'],
  EACCES: ['file.denied', 'permission denied', 'check the modes of the folders above it'],
  EPERM: ['file.denied', 'the operation is not permitted', 'it may be immutable, or belong to the kernel'],
  EROFS: ['file.denied', 'the file system is read-only', 'choose another folder, such as /workspace'],
  ENOSPC: ['file.no-space', 'the disk is full', 'bhatti exec SANDBOX -- df -h shows where; remove something'],
  EDQUOT: ['file.no-space', "the user's quota is used up", 'remove something'],
  ENOTEMPTY: ['file.failed', 'the directory is not empty', 'remove it with --recursive'],
  EEXIST: ['file.failed', 'it exists already', 'choose another name'],
  ELOOP: ['file.failed', 'its symbolic links go in circles', 'remove the link'],
  ENAMETOOLONG: ['file.failed', 'a name in it is longer than 255 bytes', 'choose a shorter name'],
  EBUSY: ['file.failed', 'it is in use', 'a mount point cannot be removed: unmount it'],
};

/** @param action "read /etc/passwd": what could not be done */
export function fileError(action: string, error: SysError): BhattiError {
  const [code, why, remedy] = WORDS[error.code] ?? ['file.failed', error.code, 'see errno(3) for what it means'];
  return new BhattiError(code, `cannot ${action}: ${why}`, { remedy, cause: error });
}

/** Runs `run`; what the kernel refuses becomes an error of files. @throws BhattiError file.* */
export function asFileError<T>(action: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof SysError ? fileError(action, error) : error;
  }
}

/** @throws BhattiError request.invalid */
export function parseSignalOrThrow(name: string): number {
  const signal = parseSignal(name);
  if (signal !== null) return signal;
  throw new BhattiError('request.invalid', `cannot send signal ${name}: there is none of that name`, {
    remedy: 'name one of kill -l, such as SIGTERM',
  });
}
