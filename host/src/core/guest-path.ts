import { BhattiError } from '@bhatti/wire/errors.ts';
import { shown } from './name.ts';

/** PATH_MAX of Linux, with its NUL. */
export const PATH_SIZE_MAX = 4095;

/** An absolute path in the guest. @throws BhattiError request.invalid */
export function guestPath(path: string): string {
  const refuse = (why: string): BhattiError =>
    new BhattiError('request.invalid', `cannot use the path ${shown(path)}: ${why}`, {
      remedy: 'give an absolute path inside the sandbox, such as /workspace/notes.txt',
    });
  if (!path.startsWith('/')) throw refuse('it is not absolute');
  if (path.includes('\0')) throw refuse('it holds a NUL byte');
  if (Buffer.byteLength(path) > PATH_SIZE_MAX) throw refuse(`it is longer than ${PATH_SIZE_MAX} bytes`);
  return path;
}
