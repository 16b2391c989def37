/**
 * When an idle sandbox is set aside, and when it is woken by itself. Pure; operations/thermal.ts looks and acts.
 *
 *   running (hot) --nothing happens for idleWarmMs--> warm --for idleColdMs--> cold
 *        ^                                             |                        |
 *        +---- any request; a timer unit that is due, where `wakeForTimers` ----+
 *
 * Nothing happens: no request, no stream but terminals on which nothing is said, and a guest without work. Whether the
 * guest had work is told by two looks at it, so that what it did in between counts as well.
 */
import type { GuestActivity } from '@bhatti/wire/messages.ts';
import type { SandboxState } from './sandbox.ts';

export type IdleMs = number | 'never';

export interface ThermalPolicy {
  /** Never set aside. */
  readonly keepHot: boolean;
  readonly idleWarmMs: IdleMs;
  /** How long it is warm before it is saved to disk. */
  readonly idleColdMs: IdleMs;
  /** Woken when a timer unit of its guest comes due. */
  readonly wakeForTimers: boolean;
}

/** What a sandbox has of its own; the daemon's settings say the rest. */
export type ThermalChoice = Partial<ThermalPolicy>;

export const THERMAL_DEFAULT: ThermalPolicy = {
  keepHot: false,
  idleWarmMs: 30_000,
  idleColdMs: 30 * 60_000,
  wakeForTimers: false,
};

/** Shorter would set aside whoever takes a breath between two commands. */
export const IDLE_MS_MIN = 500;
export const IDLE_MS_MAX = 30 * 24 * 3_600_000;

/** A guest that uses less of one processor has no work: an idle one was seen to use a third of that under emulation. */
const SHARE_MAX = 0.02;
/** What two looks themselves cost a guest: one that is idle was seen to use 30 to 70 ms between looks a second apart. */
const LOOKS_COST_MS = 100;
/** Setting aside what must be woken so soon is not worth it. */
const TIMER_SOON_MS = 5000;
/** Between two looks at the guest. */
const SPAN_MS_MAX = 60_000;
/** While it is plain that it has work, it is looked at so often. */
const BUSY_LOOK_MS = 10_000;

export interface ThermalView {
  readonly state: SandboxState;
  /** Since the last request, word on a terminal, end of a stream, or look at which the guest had work. */
  readonly quietMs: number;
  /** Streams that are work while they are open. */
  readonly streams: number;
  /** The last look at the guest, if nothing was asked of it since, and how long ago. */
  readonly seen?: { readonly agoMs: number };
  /** Since it has been warm. */
  readonly warmMs: number;
  /** From now to the next timer of a guest that is set aside. */
  readonly dueMs?: number;
}

export type ThermalStep =
  /** `why` it is not set aside yet; without `ms` until something changes. */
  | { readonly do: 'wait'; readonly why: string; readonly ms?: number }
  | { readonly do: 'look' }
  | { readonly do: 'warm' | 'cold' | 'wake' };

export function thermalStep(policy: ThermalPolicy, view: ThermalView): ThermalStep {
  if (view.state === 'warm' || view.state === 'cold') return asideStep(policy, view);
  if (view.state !== 'running') return { do: 'wait', why: `it is ${view.state}` };
  const { keepHot, idleWarmMs } = policy;
  if (keepHot || idleWarmMs === 'never') return { do: 'wait', why: 'it is kept hot' };
  const busyMs = Math.min(BUSY_LOOK_MS, idleWarmMs);
  if (view.streams > 0) return { do: 'wait', why: plural(view.streams, 'open stream'), ms: busyMs };
  // Who is asked all the time is not asked by us as well: the first look is at half time.
  const spanMs = Math.min(SPAN_MS_MAX, idleWarmMs / 2);
  const toFirstMs = idleWarmMs - spanMs - view.quietMs;
  const toSecondMs = Math.max(idleWarmMs - view.quietMs, spanMs - (view.seen?.agoMs ?? 0));
  const ms = view.seen === undefined ? toFirstMs : toSecondMs;
  return ms > 0 ? { do: 'wait', why: `idle for ${Math.round(view.quietMs / 1000)} s`, ms } : { do: 'look' };
}

/** After the second look. @param before the first one */
export function afterLook(policy: ThermalPolicy, before: GuestActivity, now: GuestActivity): ThermalStep {
  const why = workOf(before, now);
  const ms = policy.idleWarmMs === 'never' ? BUSY_LOOK_MS : policy.idleWarmMs;
  if (why !== null) return { do: 'wait', why, ms };
  const { timerMs } = now;
  if (policy.wakeForTimers && timerMs !== undefined && timerMs < TIMER_SOON_MS)
    return { do: 'wait', why: 'a timer is about to come due', ms: timerMs + 1 };
  return { do: 'warm' };
}

/** @returns what a guest did between two looks; null: nothing */
export function workOf(before: GuestActivity, now: GuestActivity): string | null {
  if (now.jobs > 0) return `${plural(now.jobs, 'program')} in a session`;
  if (now.blocked > 0) return 'a program waits for its disk';
  const spanMs = now.uptimeMs - before.uptimeMs;
  if (spanMs <= 0) return 'it has been booted anew';
  const usedMs = now.processorMs - before.processorMs;
  if (usedMs - LOOKS_COST_MS <= SHARE_MAX * spanMs) return null;
  return `its programs use ${Math.round((usedMs / spanMs) * 100)} % of a processor`;
}

function asideStep(policy: ThermalPolicy, { state, warmMs, dueMs }: ThermalView): ThermalStep {
  const { idleColdMs, keepHot, wakeForTimers } = policy;
  const wakeMs = wakeForTimers ? dueMs : undefined;
  if (wakeMs !== undefined && wakeMs <= 0) return { do: 'wake' };
  const coldMs = state === 'warm' && !keepHot && idleColdMs !== 'never' ? idleColdMs - warmMs : undefined;
  if (coldMs !== undefined && coldMs <= 0) return { do: 'cold' };
  const moments = [wakeMs, coldMs].filter((ms) => ms !== undefined);
  const why = `it is ${state}`;
  return moments.length === 0 ? { do: 'wait', why } : { do: 'wait', why, ms: Math.min(...moments) };
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
