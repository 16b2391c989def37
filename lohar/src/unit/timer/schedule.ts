/** When a timer comes due. Pure. Facts: systemd.timer(5), and what systemd 255 does with each setting. */
import type { Stamp } from '../graph/unit.ts';
import type { TimerBase, TimerSpec } from './timer-settings.ts';

export interface ScheduleFacts {
  readonly now: Stamp;
  /** The timer itself: when it left being inactive. */
  readonly activated: Stamp;
  readonly isActive: boolean;
  /** The unit that it starts. */
  readonly unitActivated: Stamp;
  readonly unitEnded: Stamp;
  /** When it last came due; zeros: never. */
  readonly lastTrigger: Stamp;
  /** By the monotonic clock, when PID 1 began. */
  readonly startupUsec: number;
  /** How long the machine stood still, which the monotonic clock did not count: since it is active, since it last came due. */
  readonly slept: { readonly activeUsec: number; readonly triggeredUsec: number };
  /** The clock was set: nothing is over because of that. */
  readonly clockSet: boolean;
  /** The next moment of a calendar expression after this one. */
  next(spec: Extract<TimerSpec, { base: 'OnCalendar' }>, afterUsec: number): number | null;
}

/** Of one spec: its moment by its own clock; null when it does not come. */
export interface SpecState {
  readonly nextUsec: number | null;
  /** Came once, and was meant to come once. */
  readonly over: boolean;
}

export interface Schedule {
  readonly specs: readonly SpecState[];
  /** The earliest of each clock; null: none. */
  readonly realtimeUsec: number | null;
  readonly monotonicUsec: number | null;
  /** Another start of the unit sets it going again. */
  readonly staysAround: boolean;
}

type Monotonic = Exclude<TimerBase, 'OnCalendar'>;

/** null: what it counts from has not been yet. */
function baseOf(base: Monotonic, facts: ScheduleFacts): number | null {
  const { activated, isActive, lastTrigger, now, slept, startupUsec, unitActivated, unitEnded } = facts;
  switch (base) {
    case 'OnActiveSec':
      return isActive ? activated.monotonicUsec - slept.activeUsec : now.monotonicUsec;
    case 'OnBootSec':
      return -slept.activeUsec;
    case 'OnStartupSec':
      return startupUsec - slept.activeUsec;
    case 'OnUnitActiveSec':
      return sinceUnit(unitActivated, lastTrigger, slept.triggeredUsec);
    case 'OnUnitInactiveSec':
      return sinceUnit(unitEnded, lastTrigger, slept.triggeredUsec);
  }
}

function sinceUnit(stamp: Stamp, last: Stamp, sleptUsec: number): number | null {
  const usec = Math.max(stamp.monotonicUsec, last.monotonicUsec);
  return usec === 0 ? null : usec - sleptUsec;
}

function calendarMoment(spec: Extract<TimerSpec, { base: 'OnCalendar' }>, facts: ScheduleFacts): number | null {
  const { lastTrigger, activated, now, startupUsec } = facts;
  const from = lastTrigger.realtimeUsec || activated.realtimeUsec || now.realtimeUsec;
  const next = facts.next(spec, from);
  if (next === null) return null;
  // What was missed while the machine was off counts from its start, so that a random delay applies to it.
  return Math.max(next, now.realtimeUsec - now.monotonicUsec + startupUsec);
}

const earlier = (a: number | null, b: number): number => (a === null ? b : Math.min(a, b));

/** @param before what became of the specs so far, in their order */
export function schedule(specs: readonly TimerSpec[], before: readonly SpecState[], facts: ScheduleFacts): Schedule {
  let realtimeUsec: number | null = null;
  let monotonicUsec: number | null = null;
  const triggered = facts.lastTrigger.realtimeUsec > 0;
  const states = specs.map((spec, i): SpecState => {
    if (before[i]?.over === true) return before[i];
    if (spec.base === 'OnCalendar') {
      const nextUsec = calendarMoment(spec, facts);
      if (nextUsec !== null) realtimeUsec = earlier(realtimeUsec, nextUsec);
      return { nextUsec, over: false };
    }
    const base = baseOf(spec.base, facts);
    if (base === null) return { nextUsec: null, over: false };
    const nextUsec = base + spec.usec;
    const isOnce = !spec.base.startsWith('OnUnit');
    if (triggered && !facts.clockSet && isOnce && nextUsec < facts.now.monotonicUsec) return { nextUsec, over: true };
    monotonicUsec = earlier(monotonicUsec, nextUsec);
    return { nextUsec, over: false };
  });
  const staysAround = specs.some(({ base }, i) => base.startsWith('OnUnit') && states[i]?.over !== true);
  return { specs: states, realtimeUsec, monotonicUsec, staysAround };
}
