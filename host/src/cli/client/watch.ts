/** Follows a long operation to its result. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { cancelBySignal } from '../terminal/cancel.ts';
import { progressView } from '../terminal/progress.ts';
import { type Api, errorOf } from './api.ts';
import type { ProgressFrame } from './replies.ts';

export interface Watched<T> {
  readonly result: T;
  readonly ms: number;
}

/** Undone within this; then we say that we do not know. */
const UNDO_MS = 30_000;

export interface WatchOptions {
  readonly body?: unknown;
  /** Bytes to send instead of a body. */
  readonly content?: AsyncIterable<Uint8Array>;
  /** True when `id`, which the operation began with, is no more. */
  readonly undone?: (id: string) => Promise<boolean>;
}

/**
 * Runs an operation with its progress shown. Ctrl+C and SIGTERM cancel it: the daemon undoes what it began, and we
 * wait for that.
 * @throws BhattiError of the operation; operation.cancelled
 */
export async function watch<T>(
  api: Api,
  method: string,
  path: string,
  options: WatchOptions = {},
): Promise<Watched<T>> {
  const startedMs = performance.now();
  using cancel = cancelBySignal();
  const view = await progressView();
  let begun: string | undefined;
  try {
    for await (const frame of api.lines<ProgressFrame<T>>(method, path, {
      ...(options.content === undefined ? { body: options.body } : { content: options.content }),
      signal: cancel.signal,
    })) {
      if (frame.type === 'accepted') begun = frame.id;
      else if (frame.type === 'progress') view.step(frame.label, frame.fraction);
      else if (frame.type === 'error') throw errorOf(frame);
      else return { result: frame.result, ms: performance.now() - startedMs };
    }
    throw new BhattiError('link.lost', 'cannot tell how it ended: the daemon closed the connection', {
      remedy: 'bhatti list shows what is there',
    });
  } catch (error) {
    if (!cancel.signal.aborted) throw error;
    view.done();
    if (begun !== undefined && options.undone !== undefined) await waitUntilUndone(begun, options.undone);
    throw new BhattiError('operation.cancelled', 'cannot finish: it was cancelled, and nothing of it is left', {
      remedy: '',
      cause: error,
    });
  } finally {
    view.done();
  }
}

async function waitUntilUndone(id: string, undone: (id: string) => Promise<boolean>): Promise<void> {
  for (const until = Date.now() + UNDO_MS; Date.now() < until; ) {
    if (await undone(id)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new BhattiError('operation.cancelled', `cannot tell that ${id} is gone: the daemon still undoes it`, {
    remedy: 'bhatti list',
  });
}
