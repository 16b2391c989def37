/** Turns whatever ended the making of a custom image into the error the user sees. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { NO_SPACE, ProgramFailed } from './program.ts';
import { BadRoot } from './root/root-tree.ts';
import { BadTar } from './tar/read-tar.ts';

export function imageFailure(error: unknown, at: { doing: string; folders: string; cancelled: boolean }): BhattiError {
  const cannot = `cannot ${at.doing}`;
  if (at.cancelled)
    return new BhattiError('operation.cancelled', `${cannot}: it was cancelled`, { remedy: 'nothing of it is left' });
  if (error instanceof BhattiError) return error;
  if (error instanceof BadTar || error instanceof BadRoot)
    return new BhattiError('image.invalid', `${cannot}: ${error.message}`, {
      remedy: 'pack the archive anew: tar, docker save, or an OCI layout',
      cause: error,
    });
  const text = error instanceof ProgramFailed ? error.tail.join('\n') : String(error);
  if (NO_SPACE.test(text))
    return new BhattiError('host.disk-full', `${cannot}: the disk is full`, {
      remedy: `free space there: df -h ${at.folders}`,
      cause: error,
    });
  const line = text.split('\n').findLast((one) => one.trim() !== '') ?? 'no reason was given';
  return new BhattiError('image.make-failed', `${cannot}: ${line.trim()}`, { remedy: 'bhatti doctor', cause: error });
}
