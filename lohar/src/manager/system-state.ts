/** is-system-running, and who waits for the boot to have begun or to be over. */
import type { SystemState } from '../unit/model.ts';
import type { UnitManager } from './unit-manager.ts';

/** Something that happens once, and who waits for it. */
class Moment {
  #past = false;
  readonly #waiters: (() => void)[] = [];

  get past(): boolean {
    return this.#past;
  }

  come(): void {
    this.#past = true;
    for (const run of this.#waiters.splice(0)) run();
  }

  /** Calls back at once when it is past. */
  wait(run: () => void): void {
    if (this.#past) run();
    else this.#waiters.push(run);
  }
}

export class SystemPhase {
  readonly #queued = new Moment();
  readonly #booted = new Moment();
  #stopping = false;

  get booted(): boolean {
    return this.#booted.past;
  }

  /** The jobs of the boot are in the queue: what is started from now on is not stopped by it. */
  bootQueued(): void {
    this.#queued.come();
  }

  /** Every job of the boot has ended. */
  bootDone(): void {
    this.#queued.come();
    this.#booted.come();
  }

  stopping(): void {
    this.#stopping = true;
    this.bootDone();
  }

  /** Calls back at once when they are, or when it is over. */
  whenQueued(run: () => void): void {
    this.#queued.wait(run);
  }

  /** Calls back at once when it is over already. */
  whenBooted(run: () => void): void {
    this.#booted.wait(run);
  }

  state(manager: UnitManager): SystemState {
    if (this.#stopping) return 'stopping';
    if (!this.#booted) return manager.registry.peek('basic.target')?.isUp === true ? 'starting' : 'initializing';
    for (const unit of manager.registry.all()) if (unit.active === 'failed') return 'degraded';
    return 'running';
  }
}
