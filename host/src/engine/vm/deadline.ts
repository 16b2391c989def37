import { BhattiError } from '@bhatti/wire/errors.ts';

export interface Limits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Waits for `work`, but no longer than its limits.
 * @param doing "boot dev": what it was doing when the limit hit
 * @throws BhattiError engine.boot-timeout | operation.cancelled, or what `work` throws
 */
export async function within<T>(work: Promise<T>, doing: string, limits: Limits): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const seconds = Math.round(limits.timeoutMs / 1000);
  const timer = setTimeout(() => {
    const remedy = 'bhatti logs shows the console; a loaded host needs more time';
    reject(new BhattiError('engine.boot-timeout', `cannot ${doing}: no answer within ${seconds} s`, { remedy }));
  }, limits.timeoutMs);
  const onAbort = (): void => reject(cancelled(doing));
  limits.signal.addEventListener('abort', onAbort, { once: true });
  if (limits.signal.aborted) onAbort();
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    limits.signal.removeEventListener('abort', onAbort);
  }
}

export function cancelled(doing: string): BhattiError {
  return new BhattiError('operation.cancelled', `cannot ${doing}: it was cancelled`, { remedy: 'run it again' });
}
