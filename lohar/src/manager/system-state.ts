/** is-system-running, and who waits for the boot to be over. */
import type { SystemState } from '../unit/model.ts';
import type { UnitManager } from './unit-manager.ts';

export class SystemPhase {
  #booted = false;
  #stopping = false;
  readonly #waiters: (() => void)[] = [];

  get booted(): boolean {
    return this.#booted;
  }

  /** Every job of the boot has ended. */
  bootDone(): void {
    if (this.#booted) return;
    this.#booted = true;
    for (const run of this.#waiters.splice(0)) run();
  }

  stopping(): void {
    this.#stopping = true;
    this.bootDone();
  }

  /** Calls back at once when it is over already. */
  whenBooted(run: () => void): void {
    if (this.#booted) run();
    else this.#waiters.push(run);
  }

  state(manager: UnitManager): SystemState {
    if (this.#stopping) return 'stopping';
    if (!this.#booted) return manager.registry.peek('basic.target')?.isUp === true ? 'starting' : 'initializing';
    for (const unit of manager.registry.all()) if (unit.active === 'failed') return 'degraded';
    return 'running';
  }
}
