/** What a change of one unit's state means for others. Facts: systemd.unit(5), each relation's paragraph. */
import type { ActiveState, JobMode, JobType } from '../model.ts';
import { RELATIONS } from './relations.ts';
import type { Unit } from './unit.ts';

/** A job that should be queued. */
export interface Wish {
  readonly unit: Unit;
  readonly type: JobType;
  readonly mode: JobMode;
}

const up = (state: ActiveState): boolean => state === 'active' || state === 'reloading' || state === 'refreshing';
const down = (state: ActiveState): boolean => state === 'inactive' || state === 'failed';
const coming = (state: ActiveState): boolean => up(state) || state === 'activating';
const going = (state: ActiveState): boolean => down(state) || state === 'deactivating';

/** Nobody asked for this change: what belongs to the unit follows it. */
export function followers(unit: Unit, from: ActiveState, to: ActiveState): Wish[] {
  if (down(from) && coming(to)) return startFollowers(unit);
  if (coming(from) && going(to)) return stopFollowers(unit);
  return [];
}

function startFollowers(unit: Unit): Wish[] {
  const wishes: Wish[] = [];
  // A unit that this one comes after has been started before it, or there was a reason not to.
  const late = (other: Unit): boolean => !unit.has('After', other) && !other.isUpOrComing;
  for (const other of unit.related(RELATIONS.startedLater))
    if (late(other)) wishes.push({ unit: other, type: 'start', mode: 'replace' });
  for (const other of unit.related(RELATIONS.startedLaterIfFree))
    if (late(other)) wishes.push({ unit: other, type: 'start', mode: 'fail' });
  for (const other of unit.related(RELATIONS.stoppedLaterOnStart))
    if (!going(other.active)) wishes.push({ unit: other, type: 'stop', mode: 'replace' });
  return wishes;
}

function stopFollowers(unit: Unit): Wish[] {
  const open = [...unit.related(RELATIONS.stoppedLaterOnStop)].filter((other) => !going(other.active));
  return open.map((other) => ({ unit: other, type: 'stop', mode: 'replace' }));
}

/** OnFailure=, OnSuccess= of a unit that has just ended. */
export function handlers(
  unit: Unit,
  from: ActiveState,
  to: ActiveState,
): { readonly name: string; readonly wishes: readonly Wish[] } | null {
  const { OnFailureJobMode, OnSuccessJobMode } = unit.config.settings;
  if (to === 'failed' && from !== 'failed') return handlersOf(unit, 'OnFailure', OnFailureJobMode);
  const succeeded = to === 'inactive' && from !== 'failed' && from !== 'inactive' && from !== 'maintenance';
  return succeeded ? handlersOf(unit, 'OnSuccess', OnSuccessJobMode) : null;
}

export function handlersOf(
  unit: Unit,
  kind: 'OnFailure' | 'OnSuccess',
  mode: JobMode,
): { readonly name: string; readonly wishes: readonly Wish[] } | null {
  const wishes = [...unit.related([kind])].map((other): Wish => ({ unit: other, type: 'start', mode }));
  return wishes.length === 0 ? null : { name: `${kind}=`, wishes };
}

/**
 * Things that must hold at rest, looked at again whenever a unit came up or went down: nobody needs it, somebody upholds
 * it, what it is bound to is gone.
 */
export function upkeep(unit: Unit, willRestart: (unit: Unit) => boolean): Wish[] {
  const wishes: Wish[] = [];
  if (unit.isDown) {
    for (const other of unit.related(RELATIONS.maybeUnneeded))
      if (isUnneeded(other, willRestart)) wishes.push({ unit: other, type: 'stop', mode: 'fail' });
    for (const other of unit.related(['BoundBy']))
      if (isBoundToNothing(other, willRestart)) wishes.push({ unit: other, type: 'stop', mode: 'replace' });
    if (isUpheld(unit)) wishes.push({ unit, type: 'start', mode: 'fail' });
  }
  if (unit.isUp) {
    for (const other of unit.related(RELATIONS.keptAlive))
      if (isUpheld(other)) wishes.push({ unit: other, type: 'start', mode: 'fail' });
    if (isUnneeded(unit, willRestart)) wishes.push({ unit, type: 'stop', mode: 'fail' });
    if (isBoundToNothing(unit, willRestart)) wishes.push({ unit, type: 'stop', mode: 'replace' });
  }
  return wishes;
}

function isUnneeded(unit: Unit, willRestart: (unit: Unit) => boolean): boolean {
  if (!unit.config.settings.StopWhenUnneeded || unit.active !== 'active' || unit.job !== null) return false;
  return ![...unit.related(RELATIONS.needs)].some((other) => other.job !== null || !other.isDown || willRestart(other));
}

function isBoundToNothing(unit: Unit, willRestart: (unit: Unit) => boolean): boolean {
  if (unit.active !== 'active' || unit.job !== null) return false;
  return [...unit.related(RELATIONS.cannotDoWithout)].some(
    (other) => other.job === null && !willRestart(other) && other.isDown,
  );
}

function isUpheld(unit: Unit): boolean {
  if (!unit.isDown || unit.job !== null) return false;
  return [...unit.related(['UpheldBy'])].some((other) => other.job === null && other.isUp);
}
