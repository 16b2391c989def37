/** Replies of one JSON document a line, for what takes time or comes in pieces. */

import type { Call } from './env.ts';
import { asBhattiError, failureBody, logUnforeseen } from './failure.ts';

/** A plain string to the compiler: the route types know either JSON or bytes, and this is one or the other. */
export const NDJSON: string = 'application/x-ndjson';

export function wantsNdjson(call: Call): boolean {
  return call.req.header('accept')?.includes(NDJSON) ?? false;
}

/** Hands a frame over; resolves when there is room for the next. */
export type Emit = (frame: object) => Promise<void>;

/**
 * Streams the frames that `work` emits. An error becomes the last frame, as the status is long sent. The signal
 * aborts when the client goes away.
 */
export function ndjson(call: Call, work: (emit: Emit, signal: AbortSignal) => Promise<void>): Response {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, {
    highWaterMark: 1,
  });
  const writer = writable.getWriter();
  writer.closed.catch(() => gone.abort());
  const emit: Emit = async (frame) => {
    await writer.write(encoder.encode(`${JSON.stringify(frame)}\n`));
  };
  const { log, requestId } = call.var;
  const run = async (): Promise<void> => {
    try {
      await work(emit, AbortSignal.any([gone.signal, call.req.raw.signal]));
    } catch (error) {
      const failure = asBhattiError(error);
      logUnforeseen(log, failure, error, requestId);
      await emit({ type: 'error', ...failureBody(failure, requestId) });
    }
    await writer.close();
  };
  run().catch(() => gone.abort());
  return call.body(readable, 200, { 'content-type': NDJSON, 'cache-control': 'no-store' });
}
