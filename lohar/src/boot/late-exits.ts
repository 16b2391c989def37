/** How children ended that were reaped while nobody who knew them was there: told once everything is taken over. */
import type { Loop, WaitStatus } from '@bhatti/runtime/sys.ts';
import type { Kept } from '../kept/kept.ts';

const KEY = 'exit:';
const EXITS_MAX = 4096;

/** Writes down each end from now on, before the child is gone. */
export function noteExits(kept: Kept, loop: Pick<Loop, 'onReap'>): void {
  let count = 0;
  loop.onReap((status) => {
    if (count++ < EXITS_MAX) kept.put(KEY + status.pid, JSON.stringify(status));
  });
}

export function takeExits(kept: Kept): WaitStatus[] {
  const exits = [...kept.take(KEY)];
  for (const [pid] of exits) kept.remove(KEY + pid);
  return exits.map(([, text]) => JSON.parse(text) as WaitStatus);
}
