/**
 * The jobs that are under way.
 *
 *   waiting --(nothing before it has a job)--> running --(the unit's state says so)--> ended: done, failed, ...
 *      ^------------------(not yet)---------------|
 *
 * A restart is a stop first; when that is done the same job becomes a start. All decisions are here; starting,
 * stopping, timers and texts are the port's.
 */
import { RELATIONS } from '../graph/relations.ts';
import type { Unit } from '../graph/unit.ts';
import type { ActiveState, BusError, JobMode, JobResult, JobType } from '../model.ts';
import { Job } from './job.ts';
import { conflict, isSuperset, mergeTypes, runsFirst } from './job-type.ts';
import type { Planned } from './planned.ts';
import { planJob, type TransactionPort } from './transaction.ts';

/** What became of an attempt to start, stop or reload. */
export type Attempt =
  | 'begun'
  /** Under way already: nothing new began. */
  | 'on-it'
  /** It is there already. */
  | 'already'
  /** Later: the state does not allow it now. */
  | 'not-yet'
  /** A condition does not hold: done, without a word. */
  | 'condition'
  /** Nothing to do for such a unit. */
  | 'skipped'
  | 'invalid'
  | 'assert'
  | 'unsupported'
  | 'dependency'
  | 'once'
  | 'failed';

export interface JobPort extends TransactionPort {
  start(unit: Unit): Attempt;
  stop(unit: Unit): Attempt;
  reloadUnit(unit: Unit): Attempt;
  nowMs(): number;
  /** The job began to run: the moment for `Starting ...`. A restart whose stop was over at once is a start by now. */
  begun(job: Job, type: JobType): void;
  /** `silently`: the unit was there already. */
  ended(job: Job, result: JobResult, silently: boolean): void;
  /** OnFailure= after a job that the unit itself knows nothing of. */
  failed(unit: Unit): void;
  /** Something to run: call `run` soon. */
  wake(): void;
  /** The job is new, or its type or state is another. */
  changed(job: Job): void;
}

const OUTCOME: Readonly<Partial<Record<Attempt, JobResult>>> = {
  already: 'done',
  condition: 'done',
  skipped: 'skipped',
  invalid: 'invalid',
  assert: 'assert',
  unsupported: 'unsupported',
  dependency: 'dependency',
  once: 'once',
  failed: 'failed',
};

export type Queued = { readonly ok: true; readonly job: Job } | { readonly ok: false; readonly error: BusError };

export class JobQueue {
  readonly jobs = new Map<number, Job>();
  readonly #port: JobPort;
  readonly #runnable = new Set<Job>();
  #lastId = 0;

  constructor(port: JobPort, lastId = 0) {
    this.#port = port;
    this.#lastId = lastId;
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** Plans and queues one wish. @returns the job that stands for it */
  add(unit: Unit, type: JobType, mode: JobMode): Queued {
    if (mode === 'isolate' && type !== 'start')
      return { ok: false, error: { name: 'InvalidArgs', message: 'Isolate is only valid for start.' } };
    if (mode === 'isolate' && !unit.config.settings.AllowIsolate && unit.config.load === 'loaded')
      return { ok: false, error: { name: 'NoIsolation', message: 'Operation refused, unit may not be isolated.' } };
    const plan = planJob(unit, type, mode, this.#port);
    if (!plan.ok) return plan;
    if (mode === 'isolate' || mode === 'flush') this.#cancelOthers(plan.jobs);
    let anchor: Job | null = null;
    for (const planned of plan.jobs) {
      const job = this.#install(planned, mode);
      if (planned === plan.anchor) anchor = job;
    }
    if (anchor === null) return { ok: false, error: { name: 'Failed', message: 'Empty transaction.' } };
    return { ok: true, job: anchor };
  }

  #cancelOthers(planned: readonly Planned[]): void {
    const units = new Set(planned.map((job) => job.unit));
    for (const job of [...this.jobs.values()])
      if (!job.unit.config.settings.IgnoreOnIsolate && !units.has(job.unit)) this.#end(job, 'canceled', false, false);
  }

  #install(planned: Planned, mode: JobMode): Job {
    const { unit, type } = planned;
    const current = type === 'nop' ? unit.nopJob : unit.job;
    if (current !== null && conflict(current.type, type)) this.#end(current, 'canceled', false, false);
    else if (current !== null) return this.#mergeInto(current, planned, mode);
    const job = new Job(++this.#lastId, unit, type);
    job.irreversible = mode === 'replace-irreversibly';
    job.ignoreOrder = planned.ignoreOrder;
    job.queuedAtMs = this.#port.nowMs();
    if (type === 'nop') unit.nopJob = job;
    else unit.job = job;
    this.jobs.set(job.id, job);
    this.#makeRunnable(job);
    this.#port.changed(job);
    return job;
  }

  /** Takes in a job of the image of PID 1 before this one; what it had begun is found out by doing it again. */
  adopt(job: Job): void {
    this.#lastId = Math.max(this.#lastId, job.id);
    if (job.type === 'nop') job.unit.nopJob = job;
    else job.unit.job = job;
    // A reload that has begun is told to the service once.
    if (job.unit.active !== 'reloading') job.state = 'waiting';
    this.jobs.set(job.id, job);
    this.#makeRunnable(job);
  }

  /** A running job that already covers the wish goes on; any other begins again with the merged type. */
  #mergeInto(current: Job, planned: Planned, mode: JobMode): Job {
    const covered = planned.type !== 'reload' && isSuperset(current.type, planned.type);
    current.irreversible ||= mode === 'replace-irreversibly';
    current.ignoreOrder ||= planned.ignoreOrder;
    if (current.state === 'waiting' || !covered) {
      current.type = mergeTypes(current.type, planned.type) ?? current.type;
      current.state = 'waiting';
      current.announced = false;
    }
    this.#makeRunnable(current);
    this.#port.changed(current);
    return current;
  }

  #makeRunnable(job: Job): void {
    this.#runnable.add(job);
    this.#port.wake();
  }

  /** Looks at a job again: something it may have waited for has changed. */
  reconsider(unit: Unit): void {
    if (unit.job !== null) this.#makeRunnable(unit.job);
    if (unit.nopJob !== null) this.#makeRunnable(unit.nopJob);
  }

  /** Runs what can run, until nothing can. `most` bounds the jobs of one call. @returns true when some are left */
  run(most: number): boolean {
    for (let count = 0; count < most; count++) {
      const next = this.#runnable.values().next();
      if (next.done === true) return false;
      this.#runnable.delete(next.value);
      if (this.jobs.has(next.value.id) && next.value.state === 'waiting') this.#runOne(next.value);
    }
    return this.#runnable.size > 0;
  }

  #runOne(job: Job): void {
    if (!this.#isRunnable(job)) return;
    job.state = 'running';
    if (job.runningSinceMs === 0) job.runningSinceMs = this.#port.nowMs();
    this.#port.changed(job);
    const { type } = job;
    const attempt = this.#perform(job);
    if (!this.jobs.has(job.id)) return;
    if (attempt === 'begun') this.#port.begun(job, type);
    if (job.state !== 'running') return;
    if (attempt === 'not-yet') job.state = 'waiting';
    const result = OUTCOME[attempt];
    if (result !== undefined) this.#end(job, result, true, attempt === 'already');
  }

  #isRunnable(job: Job): boolean {
    if (job.ignoreOrder || job.type === 'nop') return true;
    for (const relation of ['After', 'Before'] as const)
      for (const other of job.unit.related([relation])) {
        if (other.job === null || other.job.ignoreOrder) continue;
        if (runsFirst(job.type, other.job.type, relation) === 'b') return false;
      }
    return true;
  }

  #perform(job: Job): Attempt {
    const { unit } = job;
    switch (job.type) {
      case 'verify-active':
        return unit.isUp ? 'already' : unit.active === 'activating' ? 'not-yet' : 'skipped';
      case 'start':
      case 'reload-or-start':
        return this.#port.start(unit);
      case 'stop':
      case 'restart':
      case 'try-restart':
        return this.#port.stop(unit);
      case 'reload':
      case 'try-reload':
        return this.#port.reloadUnit(unit);
      case 'nop':
        return 'already';
    }
  }

  /** The unit's state changed. @returns true when no job asked for it */
  stateChanged(unit: Unit, reloaded: boolean): boolean {
    const { job } = unit;
    if (job === null) return true;
    if (job.state === 'waiting') this.#makeRunnable(job);
    const verdict = judge(job, unit.active, reloaded);
    if (verdict.result !== null) this.#end(job, verdict.result, true, false);
    return verdict.unexpected;
  }

  cancel(job: Job): void {
    this.#end(job, 'canceled', true, false);
  }

  timeout(job: Job): void {
    this.#end(job, 'timeout', true, false);
  }

  #end(job: Job, result: JobResult, recursive: boolean, silently: boolean): void {
    const { unit, type } = job;
    if (result === 'timeout') this.#port.log(unit, 4, `${unit.id}: Job ${unit.id}/${type} timed out.`);
    this.#port.ended(job, result, silently);
    if (result === 'done' && type === 'restart') {
      job.type = 'start';
      job.state = 'waiting';
      job.announced = false;
      this.#port.changed(job);
      this.#makeRunnable(job);
      this.#wakeNeighbours(unit);
      return;
    }
    this.jobs.delete(job.id);
    this.#runnable.delete(job);
    if (unit.job === job) unit.job = null;
    if (unit.nopJob === job) unit.nopJob = null;
    for (const listener of job.listeners.splice(0)) listener(job, result);
    if (recursive) this.#failDependents(unit, type, result);
    if (result === 'timeout' || result === 'dependency') {
      this.#port.log(unit, 5, `${unit.id}: Job ${unit.id}/${type} failed with result '${result}'.`);
      this.#port.failed(unit);
    }
    this.#wakeNeighbours(unit);
  }

  #failDependents(unit: Unit, type: JobType, result: JobResult): void {
    const starting = type === 'start' || type === 'verify-active';
    // What requires a mount that nobody makes here may find the folder all the same.
    if (result === 'unsupported') return;
    if (result !== 'done') {
      if (starting) this.#failOver(unit, RELATIONS.failsWhenStartFails);
      else if (type === 'stop') this.#failOver(unit, RELATIONS.failsWhenStopFails);
    } else if ((type === 'start' || type === 'reload') && !unit.isUp) {
      this.#failOver(unit, RELATIONS.failsWhenStartedInactive);
    }
  }

  #failOver(unit: Unit, kinds: (typeof RELATIONS)[keyof typeof RELATIONS]): void {
    for (const other of unit.related(kinds)) {
      const { job } = other;
      if (job !== null && (job.type === 'start' || job.type === 'verify-active'))
        this.#end(job, 'dependency', true, false);
    }
  }

  #wakeNeighbours(unit: Unit): void {
    for (const other of unit.related(['After', 'Before'])) if (other.job !== null) this.#makeRunnable(other.job);
  }
}

/** Does the unit's new state fulfil the job, or contradict it? */
function judge(job: Job, active: ActiveState, reloaded: boolean): { result: JobResult | null; unexpected: boolean } {
  const running = job.state === 'running';
  const up = active === 'active' || active === 'reloading' || active === 'refreshing';
  const down = active === 'inactive' || active === 'failed';
  const fallen: JobResult = active === 'failed' ? 'failed' : 'done';
  switch (job.type) {
    case 'start':
    case 'verify-active':
      if (up) return { result: 'done', unexpected: false };
      if (!running || active === 'activating') return { result: null, unexpected: false };
      return { result: down ? fallen : null, unexpected: true };
    case 'reload':
    case 'reload-or-start':
    case 'try-reload':
      if (!running) return { result: null, unexpected: false };
      if (active === 'active') return { result: reloaded ? 'done' : 'failed', unexpected: false };
      if (active === 'activating' || up) return { result: null, unexpected: false };
      return { result: down ? fallen : null, unexpected: true };
    default:
      if (down) return { result: 'done', unexpected: false };
      if (!running || active === 'deactivating') return { result: null, unexpected: false };
      return { result: 'failed', unexpected: true };
  }
}
