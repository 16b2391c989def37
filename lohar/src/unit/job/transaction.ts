/**
 * A transaction: one wish and all that follows from it, made consistent before anything happens.
 *
 *   add the wish and what its relations pull in -> drop what changes nothing -> drop what nobody pulls in any more ->
 *   break ordering cycles -> merge the jobs of each unit -> refuse what would undo queued jobs
 *
 * It works on its own records (Planned); the job queue takes over only a plan that is whole.
 */

import { RELATIONS } from '../graph/relations.ts';
import type { Unit } from '../graph/unit.ts';
import type { BusError, JobMode, JobType, Priority } from '../model.ts';
import { collapse, conflict, isApplicable, isRedundant, mergeTypes } from './job-type.ts';
import { breakCycle } from './order.ts';
import { type Link, type Planned, PlannedJobs } from './planned.ts';

/** Relations followed in a row; deeper ones are refused, so that no chain of units exhausts the stack. */
const DEPTH_MAX = 120;
/** Jobs in one transaction. */
const JOBS_MAX = 16_384;

export interface TransactionPort {
  /** Units that were not found or were broken are looked at again. */
  loadAgain(unit: Unit): void;
  log(unit: Unit | null, priority: Priority, text: string): void;
  /** All units, for isolate. */
  units(): Iterable<Unit>;
}

export type Plan =
  | { readonly ok: true; readonly jobs: readonly Planned[]; readonly anchor: Planned }
  | { readonly ok: false; readonly error: BusError };

interface Flags {
  readonly matters: boolean;
  readonly conflicts: boolean;
  readonly ignoreOrder: boolean;
  readonly ignoreRequirements: boolean;
  /** restart-dependencies: a start goes to dependents as try-restart. */
  readonly startAsRestart: boolean;
  readonly gracefulStops: boolean;
}

/**
 * Of jobs that another one brings along: what the wish alone was, a start that restarts dependents among it, is not theirs. A
 * service's automatic restart would else restart all that shares a slice's parent with it.
 */
const FOLLOWING: Flags = {
  matters: true,
  conflicts: false,
  ignoreOrder: false,
  ignoreRequirements: false,
  startAsRestart: false,
  gracefulStops: false,
};

/** Plans one job with all its consequences. Changes nothing outside. */
export function planJob(unit: Unit, type: JobType, mode: JobMode, port: TransactionPort): Plan {
  const builder = new Builder(port);
  const error = builder.add(collapse(type, unit), unit, null, {
    matters: true,
    conflicts: false,
    ignoreOrder: mode === 'ignore-dependencies',
    ignoreRequirements: mode === 'ignore-dependencies' || mode === 'ignore-requirements',
    startAsRestart: mode === 'restart-dependencies',
    gracefulStops: true,
  });
  if (error !== null) return { ok: false, error };
  if (mode === 'isolate') builder.addIsolation();
  if (mode === 'triggering') builder.addTriggering(unit);
  return builder.finish(mode);
}

class Builder {
  readonly #jobs = new PlannedJobs();
  readonly #port: TransactionPort;
  #anchor: Planned | null = null;
  #depth = 0;

  constructor(port: TransactionPort) {
    this.#port = port;
  }

  /** @returns why this job cannot be part of it, null when it can */
  add(type: JobType, unit: Unit, by: Planned | null, flags: Flags): BusError | null {
    const refused = this.#refusal(type, unit);
    if (refused !== null) return refused;
    const { job, isNew } = this.#jobs.add(unit, type);
    job.ignoreOrder ||= flags.ignoreOrder;
    if (by === null) this.#anchor = job;
    else this.#jobs.link(by, job, flags.matters, flags.conflicts);
    if (!isNew || flags.ignoreRequirements || type === 'nop') return null;
    this.#depth++;
    const error = this.#addDependencies(type, unit, job, by === null, flags);
    this.#depth--;
    if (error !== null) this.#jobs.remove(job, false);
    return error;
  }

  #refusal(type: JobType, unit: Unit): BusError | null {
    if (this.#depth > DEPTH_MAX || this.#jobs.size > JOBS_MAX)
      return { name: 'LimitsExceeded', message: `Transaction for ${unit.id} is too large.` };
    if (type !== 'stop' && loadError(unit) !== null) {
      // One that was refused is read again once nothing holds it any more; a missing one may have come since.
      if (unit.config.load === 'not-found') this.#port.loadAgain(unit);
      const error = loadError(unit);
      if (error !== null) return error;
    }
    if (isApplicable(unit, type)) return null;
    return { name: 'JobTypeNotApplicable', message: `Job type ${type} is not applicable for unit ${unit.id}.` };
  }

  #addDependencies(type: JobType, unit: Unit, job: Planned, isAnchor: boolean, flags: Flags): BusError | null {
    const along = { ...FOLLOWING, ignoreOrder: flags.ignoreOrder };
    if (type === 'start' || type === 'restart') {
      const error = this.#pullIn(unit, job, along);
      if (error !== null) return error;
    }
    const propagates = type === 'restart' || type === 'stop' || (type === 'start' && flags.startAsRestart);
    if (propagates) {
      const error = this.#propagateStop(type, unit, job, along, isAnchor || flags.gracefulStops);
      if (error !== null) return error;
    }
    if (type === 'reload') this.#propagateReload(unit, job, along);
    return null;
  }

  #pullIn(unit: Unit, job: Planned, along: Flags): BusError | null {
    const optional = { ...along, matters: false };
    for (const other of unit.related(RELATIONS.startsWith)) {
      const error = this.#required('start', other, job, along);
      if (error !== null) return error;
    }
    for (const other of unit.related(RELATIONS.startsIfPossible)) this.#optional('start', other, job, optional);
    for (const other of unit.related(RELATIONS.mustAlreadyRun)) {
      const error = this.#required('verify-active', other, job, along);
      if (error !== null) return error;
    }
    for (const other of unit.related(RELATIONS.startStops)) {
      const error = this.#required('stop', other, job, { ...along, conflicts: true });
      if (error !== null) return error;
    }
    for (const other of unit.related(RELATIONS.startStopsIfPossible)) this.#optional('stop', other, job, optional);
    return null;
  }

  #propagateStop(type: JobType, unit: Unit, job: Planned, along: Flags, graceful: boolean): BusError | null {
    for (const other of unit.related(RELATIONS.stopsAlong)) {
      const next = collapse(type === 'stop' ? 'stop' : 'try-restart', other);
      const error = next === 'nop' ? null : this.#required(next, other, job, along);
      if (error !== null) return error;
    }
    if (!graceful) return null;
    for (const other of unit.related(RELATIONS.stopsAlongLast)) {
      // A unit that is to restart or start anyway is restarted instead of stopped.
      const planned = this.#jobs.of(other)[0]?.type;
      const next = planned === 'restart' ? 'nop' : planned === 'start' ? 'restart' : 'stop';
      const error = next === 'nop' ? null : this.#required(next, other, job, { ...along, gracefulStops: true });
      if (error !== null) return error;
    }
    return null;
  }

  #propagateReload(unit: Unit, job: Planned, along: Flags): void {
    for (const other of unit.related(RELATIONS.reloadsAlong)) {
      const next = collapse('try-reload', other);
      if (next !== 'nop') this.#optional(next, other, job, { ...along, matters: false });
    }
  }

  #required(type: JobType, unit: Unit, by: Planned, flags: Flags): BusError | null {
    const error = this.add(type, unit, by, flags);
    return error?.name === 'JobTypeNotApplicable' ? null : error;
  }

  #optional(type: JobType, unit: Unit, by: Planned, flags: Flags): void {
    const error = this.add(type, unit, by, flags);
    if (error === null || ['UnitMasked', 'JobTypeNotApplicable', 'NoSuchUnit'].includes(error.name)) return;
    this.#port.log(unit, 4, `${unit.id}: Cannot add dependency job, ignoring: ${error.message}`);
  }

  /** Everything that is up and not part of the new state goes down. */
  addIsolation(): void {
    const anchor = this.#anchor;
    if (anchor === null) return;
    const stops = (unit: Unit): boolean =>
      !unit.config.settings.IgnoreOnIsolate && !isolationKeeps(unit) && this.#jobs.of(unit).length === 0;
    for (const unit of this.#port.units()) {
      if ((unit.isDown && unit.job === null) || !stops(unit)) continue;
      if ([...unit.related(['TriggeredBy'])].some((other) => !stops(other))) continue;
      const error = this.add('stop', unit, anchor, FOLLOWING);
      if (error !== null) this.#port.log(unit, 4, `${unit.id}: Cannot add isolate job, ignoring: ${error.message}`);
    }
  }

  /** `--job-mode=triggering`: what would start the unit again stops, too. */
  addTriggering(unit: Unit): void {
    const anchor = this.#anchor;
    if (anchor === null) return;
    for (const other of unit.related(['TriggeredBy'])) this.add('stop', other, anchor, FOLLOWING);
  }

  finish(mode: JobMode): Plan {
    const anchor = this.#anchor;
    if (anchor === null) return { ok: false, error: { name: 'Failed', message: 'Empty transaction.' } };
    this.#jobs.markMatters(anchor);
    if (mode === 'fail') this.#minimizeImpact(anchor);
    this.#dropRedundant(anchor);
    for (;;) {
      if (mode !== 'isolate') this.#jobs.collectGarbage(anchor);
      const cycle = breakCycle(this.#jobs, (unit, priority, text) => this.#port.log(unit, priority, text));
      if (cycle === 'none') break;
      if (cycle === 'unbreakable') {
        const message = 'Transaction order is cyclic. See system logs for details.';
        this.#port.log(null, 4, `Requested transaction contains an unfixable cyclic ordering dependency: ${message}`);
        return { ok: false, error: { name: 'TransactionOrderIsCyclic', message } };
      }
    }
    const unmergeable = this.#merge(mode, anchor);
    if (unmergeable !== null) {
      this.#port.log(null, 4, `Requested transaction contains unmergeable jobs: ${unmergeable.message}`);
      return { ok: false, error: unmergeable };
    }
    const last = this.#anchor ?? anchor;
    this.#dropRedundant(last);
    const destructive = this.#destructive(mode, last);
    if (destructive !== null) {
      this.#port.log(null, 5, `Requested transaction contradicts existing jobs: ${destructive.message}`);
      return { ok: false, error: destructive };
    }
    return { ok: true, jobs: [...this.#jobs.all()], anchor: last };
  }

  /** Mode fail: no running unit is stopped and no queued job reversed for a job that does not matter. */
  #minimizeImpact(anchor: Planned): void {
    this.#dropWhile((job) => {
      if (job === anchor || job.matters) return false;
      const stopsRunning = job.type === 'stop' && job.unit.isUpOrComing;
      const reverses = job.unit.job !== null && conflict(job.type, job.unit.job.type);
      return stopsRunning || reverses;
    }, true);
  }

  #dropRedundant(anchor: Planned): void {
    const isNoop = (job: Planned): boolean =>
      job !== anchor &&
      isRedundant(job.type, job.unit.active) &&
      !(job.unit.job !== null && conflict(job.type, job.unit.job.type));
    this.#dropWhile((job) => this.#jobs.of(job.unit).every(isNoop), false);
  }

  #dropWhile(drop: (job: Planned) => boolean, withDependents: boolean): void {
    for (let again = true; again; ) {
      again = false;
      for (const job of [...this.#jobs.all()])
        if (this.#jobs.contains(job) && drop(job)) {
          this.#jobs.remove(job, withDependents);
          again = true;
        }
    }
  }

  /** Jobs of one unit become one; of two that contradict, the one that matters less goes. */
  #merge(mode: JobMode, anchor: Planned): BusError | null {
    for (;;) {
      const clash = this.#firstClash();
      if (clash === null) break;
      const loser = lessImportant(clash[0], clash[1]);
      if (loser === null)
        return {
          name: 'TransactionJobsConflicting',
          message: `Transaction contains conflicting jobs '${clash[0].type}' and '${clash[1].type}' for ${clash[0].unit.id}. Probably contradicting requirement dependencies configured.`,
        };
      this.#jobs.remove(loser, true);
      if (mode !== 'isolate') this.#jobs.collectGarbage(anchor);
    }
    for (const unit of this.#jobs.units()) this.#mergeUnit(unit);
    return null;
  }

  #firstClash(): [Planned, Planned] | null {
    for (const unit of this.#jobs.units()) {
      const jobs = this.#jobs.of(unit);
      for (const [index, job] of jobs.entries())
        for (const other of jobs.slice(index + 1)) if (conflict(job.type, other.type)) return [job, other];
    }
    return null;
  }

  #mergeUnit(unit: Unit): void {
    const [first, ...others] = this.#jobs.of(unit);
    if (first === undefined) return;
    for (const other of others) {
      const type = mergeTypes(first.type, other.type) ?? first.type;
      first.type = collapse(type, unit);
      if (this.#anchor === other) this.#anchor = first;
      this.#jobs.absorb(first, other);
    }
  }

  #destructive(mode: JobMode, anchor: Planned): BusError | null {
    for (const job of this.#jobs.all()) {
      const queued = job.unit.job;
      if (queued === null || !(mode === 'fail' || queued.irreversible) || !conflict(queued.type, job.type)) continue;
      return {
        name: 'TransactionIsDestructive',
        message: `Transaction for ${anchor.unit.id}/${anchor.type} is destructive (${job.unit.id} has '${queued.type}' job queued, but '${job.type}' is included in transaction).`,
      };
    }
    return null;
  }
}

function loadError(unit: Unit): BusError | null {
  const { load, error } = unit.config;
  if (load === 'loaded') return null;
  return error ?? { name: 'LoadFailed', message: `Unit ${unit.id} is not loaded properly.` };
}

/** Slices and the like hold what runs; isolating stops the services in them. */
function isolationKeeps(unit: Unit): boolean {
  return (
    unit.perpetual || unit.config.type === 'slice' || unit.config.type === 'device' || unit.config.type === 'scope'
  );
}

/** null: both matter. Of two that do not, a stop goes first, unless a conflict asks for it. */
function lessImportant(a: Planned, b: Planned): Planned | null {
  if (a.matters && b.matters) return null;
  if (a.matters !== b.matters) return a.matters ? b : a;
  const conflicted = (job: Planned): boolean => job.pulledBy.some((link: Link) => link.conflicts);
  if (a.type === 'stop') return conflicted(a) ? b : a;
  if (b.type === 'stop') return conflicted(b) ? a : b;
  return a;
}
