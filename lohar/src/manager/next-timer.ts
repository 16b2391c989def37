/** When the next timer unit comes due, for a host that may want to wake this guest then. */
import { nextElapseMs } from '../control/next-elapse.ts';
import type { Stamp, Unit } from '../unit/graph/unit.ts';
import type { UnitRunner } from './unit-runner.ts';

/** @returns ms from now, 0 when it is due already; undefined when no timer waits */
export function nextTimerMs(runners: Iterable<[Unit, UnitRunner]>, now: Stamp): number | undefined {
  const moments = [...runners].flatMap(([unit, { facts }]) => {
    if (unit.sub !== 'waiting' || facts?.type !== 'timer') return [];
    const moment = nextElapseMs(facts, now);
    return moment === 0 ? [] : [moment];
  });
  if (moments.length === 0) return undefined;
  return Math.max(0, Math.min(...moments) - now.realtimeUsec / 1000);
}
