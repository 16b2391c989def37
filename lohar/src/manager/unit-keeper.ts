/**
 * Writes down what units and jobs do, for the next image of PID 1. Most of it at the end of the callback that changed
 * it; what a service is about to ask of the machine (a process, a signal) before it is asked.
 */
import type { Loop } from '@bhatti/runtime/sys.ts';
import type { Kept } from '../kept/kept.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { Job } from '../unit/job/job.ts';
import { INITIAL, type ServiceState } from '../unit/service/state.ts';
import type { StartWindow } from './start-limit.ts';
import { writeJob, writeUnit } from './unit-record.ts';

export const UNIT_KEY = 'unit:';
export const JOB_KEY = 'job:';

export interface KeeperPort {
  serviceOf(unit: Unit): ServiceState | null;
  /** Of a timer, socket or path. */
  ownOf(unit: Unit): unknown;
  startsOf(unit: Unit): StartWindow | null;
  nowMs(): number;
}

export class UnitKeeper {
  readonly #kept: Kept;
  readonly #loop: Pick<Loop, 'defer'>;
  readonly #port: KeeperPort;
  readonly #units = new Set<Unit>();
  readonly #jobs = new Set<Job>();
  #due = false;

  constructor(kept: Kept, loop: Pick<Loop, 'defer'>, port: KeeperPort) {
    this.#kept = kept;
    this.#loop = loop;
    this.#port = port;
  }

  unit(unit: Unit): void {
    this.#units.add(unit);
    this.#soon();
  }

  unitNow(unit: Unit): void {
    this.#units.delete(unit);
    this.#write(unit);
  }

  job(job: Job): void {
    this.#jobs.add(job);
    this.#soon();
  }

  jobGone(job: Job): void {
    this.#jobs.delete(job);
    this.#kept.remove(`${JOB_KEY}${job.id}`);
  }

  dropped(unit: Unit): void {
    this.#units.delete(unit);
    this.#kept.remove(`${UNIT_KEY}${unit.id}`);
  }

  #soon(): void {
    if (this.#due) return;
    this.#due = true;
    this.#loop.defer(() => this.#flush());
  }

  /** Units first: a job that is told of again finds its unit where it wanted it. */
  #flush(): void {
    this.#due = false;
    for (const unit of this.#units) this.#write(unit);
    this.#units.clear();
    for (const job of this.#jobs) this.#kept.put(`${JOB_KEY}${job.id}`, writeJob(job));
    this.#jobs.clear();
  }

  #write(unit: Unit): void {
    const service = this.#port.serviceOf(unit);
    const touched = service !== null && service !== INITIAL;
    if (unit.active === 'inactive' && unit.stamps.stateChange.monotonicUsec === 0 && !touched) return;
    const parts = { service, own: this.#port.ownOf(unit), starts: this.#port.startsOf(unit) };
    const text = writeUnit(unit, parts, this.#port.nowMs());
    this.#kept.put(`${UNIT_KEY}${unit.id}`, text);
  }
}
