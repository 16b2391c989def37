import { type Progress, UNWATCHED } from '../ports/engine.ts';
import type { Call } from './env.ts';
import { type Emit, ndjson, wantsNdjson } from './ndjson.ts';

/** Runs a long operation and replies with what it makes; line by line with its progress to whoever wants that. */
export async function replyWatched<T, S extends 200 | 201>(
  call: Call,
  status: S,
  work: (progress: Progress, signal: AbortSignal) => Promise<T>,
) {
  if (!wantsNdjson(call)) return call.json(await work(UNWATCHED, call.req.raw.signal), status);
  return ndjson(call, async (emit, signal) => {
    await emit({ type: 'result', result: await work(progressFrames(emit), signal) });
  });
}

/** Progress as frames. Nobody waits for them: a slow reader gets fewer, never an ever longer queue. */
export function progressFrames(emit: Emit): Progress {
  const startedMs = performance.now();
  let writing = false;
  let last: { label: string; fraction?: number } | undefined;
  const flush = async (): Promise<void> => {
    writing = true;
    while (last !== undefined) {
      const frame = { type: 'progress', ...last, elapsedMs: Math.round(performance.now() - startedMs) };
      last = undefined;
      await emit(frame);
    }
    writing = false;
  };
  return {
    step(label, fraction) {
      last = { label, ...(fraction === undefined ? {} : { fraction }) };
      if (!writing) flush().catch(() => {}); // the client is gone, which the operation's signal says as well
    },
  };
}
