/** How jobs of one unit combine. Facts: systemd.unit(5) and the behaviour of `systemctl` with queued jobs. */

import type { Unit } from '../graph/unit.ts';
import type { ActiveState, JobType } from '../model.ts';

/** Two jobs in one; null when they contradict each other. */
const MERGED: Readonly<Record<string, JobType>> = {
  'start verify-active': 'start',
  'start reload': 'reload-or-start',
  'start restart': 'restart',
  'reload verify-active': 'reload',
  'restart verify-active': 'restart',
  'reload restart': 'restart',
};

export function mergeTypes(a: JobType, b: JobType): JobType | null {
  if (a === b) return a;
  return MERGED[[a, b].sort((x, y) => ORDER.indexOf(x) - ORDER.indexOf(y)).join(' ')] ?? null;
}
/** The order in which the keys above name two types. */
const ORDER: readonly JobType[] = ['start', 'reload', 'restart', 'verify-active', 'stop', 'nop'];

export function conflict(a: JobType, b: JobType): boolean {
  return mergeTypes(a, b) === null;
}

/** Is nothing left of `b` once `a` is done? */
export function isSuperset(a: JobType, b: JobType): boolean {
  return mergeTypes(a, b) === a;
}

/** The types that depend on the unit's state become plain ones. */
export function collapse(type: JobType, unit: Unit): JobType {
  switch (type) {
    case 'try-restart':
      return unit.isUpOrComing ? 'restart' : 'nop';
    case 'try-reload':
      return unit.isUp ? 'reload' : 'nop';
    case 'reload-or-start':
      return unit.isUp ? 'reload' : 'start';
    default:
      return type;
  }
}

export function isRedundant(type: JobType, active: ActiveState): boolean {
  switch (type) {
    case 'start':
    case 'verify-active':
      return active === 'active' || active === 'reloading';
    case 'stop':
      return active === 'inactive' || active === 'failed';
    case 'reload':
      return active === 'reloading';
    case 'nop':
      return true;
    default:
      return false;
  }
}

export function isApplicable(unit: Unit, type: JobType): boolean {
  switch (type) {
    case 'stop':
    case 'restart':
    case 'try-restart':
      return !unit.perpetual;
    case 'reload':
    case 'try-reload':
    case 'reload-or-start':
      return unit.canReload;
    default:
      return true;
  }
}

/** A stop waits for nothing that only starts; a restart is a stop until it has stopped. */
export function runsFirst(a: JobType, b: JobType, relation: 'Before' | 'After'): 'a' | 'b' | 'either' {
  if (a === 'nop' || b === 'nop') return 'either';
  if (relation === 'After') {
    const swapped = runsFirst(b, a, 'Before');
    return swapped === 'a' ? 'b' : 'a';
  }
  return b === 'stop' || b === 'restart' ? 'b' : 'a';
}
