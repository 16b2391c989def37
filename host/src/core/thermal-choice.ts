/** What a request says about when a sandbox is set aside. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { IDLE_MS_MAX, IDLE_MS_MIN, type IdleMs, type ThermalChoice } from './thermal.ts';

/** Null, or nothing: as the daemon's settings say. */
export interface ThermalChange {
  readonly keepHot?: boolean | null | undefined;
  readonly idleWarmMs?: IdleMs | null | undefined;
  readonly idleColdMs?: IdleMs | null | undefined;
  readonly wakeForTimers?: boolean | null | undefined;
}

/** @throws BhattiError request.invalid */
export function checkThermal(asked: ThermalChange): ThermalChoice {
  const { keepHot, idleWarmMs, idleColdMs, wakeForTimers } = asked;
  return {
    ...(keepHot == null ? {} : { keepHot }),
    ...(idleWarmMs == null ? {} : { idleWarmMs: checkIdle(idleWarmMs) }),
    ...(idleColdMs == null ? {} : { idleColdMs: checkIdle(idleColdMs) }),
    ...(wakeForTimers == null ? {} : { wakeForTimers }),
  };
}

function checkIdle(ms: IdleMs): IdleMs {
  if (ms === 'never' || (Number.isInteger(ms) && ms >= IDLE_MS_MIN && ms <= IDLE_MS_MAX)) return ms;
  throw new BhattiError('request.invalid', `cannot set a sandbox aside after ${ms} ms: that is too short or too long`, {
    remedy: `choose ${IDLE_MS_MIN} ms to 30 days, or never`,
  });
}
