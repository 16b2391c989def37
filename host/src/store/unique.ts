import { BhattiError } from '@bhatti/wire/errors.ts';

/** SQLITE_CONSTRAINT_UNIQUE, https://www.sqlite.org/rescode.html#constraint_unique */
const CONSTRAINT_UNIQUE = 2067;

/** Runs a change; a name that is there already becomes name.taken. @throws BhattiError name.taken */
export async function withUniqueName<T>(
  taken: { message: string; remedy: string },
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await change();
  } catch (cause) {
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === CONSTRAINT_UNIQUE) {
      throw new BhattiError('name.taken', taken.message, { remedy: taken.remedy, cause });
    }
    throw cause;
  }
}
