import type { Progress } from '../ports/engine.ts';
import type { Emit } from './ndjson.ts';

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
