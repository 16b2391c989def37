import { BhattiError } from '@bhatti/wire/errors.ts';

/** The client went away or pressed Ctrl+C. */
export function cancelled(doing: string): BhattiError {
  return new BhattiError('operation.cancelled', `cannot ${doing}: it was cancelled`, {
    remedy: 'nothing is left to do',
  });
}
