/** When a timer comes due by the clock on the wall. Pure. */

import type { Stamp } from '../unit/graph/unit.ts';
import type { TimerFacts } from '../unit/show/own-facts.ts';

/** ms since 1970, whichever of its clocks comes first; 0: never. */
export function nextElapseMs({ next }: TimerFacts, now: Stamp): number {
  const moments = [
    ...(next.realtimeUsec > 0 ? [next.realtimeUsec] : []),
    ...(next.monotonicUsec > 0 ? [now.realtimeUsec + next.monotonicUsec - now.monotonicUsec] : []),
  ];
  return moments.length === 0 ? 0 : Math.min(...moments) / 1000;
}
