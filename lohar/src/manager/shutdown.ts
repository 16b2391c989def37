/** The way down: everything that runs conflicts with shutdown.target, so that starting it stops all in reverse order. */
import type { Loop } from '@bhatti/runtime/sys.ts';
import type { SystemPhase } from './system-state.ts';
import type { UnitManager } from './unit-manager.ts';

const SHUTDOWN_TARGET = 'shutdown.target';
const UMOUNT_TARGET = 'umount.target';
/** Stopping may take each unit's own timeouts; a machine must still end some day. */
const LIMIT_MS = 10 * 60_000;

export class Shutdown {
  readonly #manager: UnitManager;
  readonly #phase: SystemPhase;
  readonly #loop: Loop;

  constructor(manager: UnitManager, phase: SystemPhase, loop: Loop) {
    this.#manager = manager;
    this.#phase = phase;
    this.#loop = loop;
  }

  begin(done: () => void): void {
    this.#phase.stopping();
    const manager = this.#manager;
    const target = manager.registry.get(SHUTDOWN_TARGET);
    const queued = target.config.load === 'loaded' && manager.add(target, 'start', 'replace-irreversibly').ok;
    if (!queued)
      for (const unit of manager.registry.all())
        if (unit.config.type === 'service' && !unit.isDown) manager.add(unit, 'stop', 'replace-irreversibly');
    this.#unmount();
    manager.stopping = true;
    this.#whenQuiet(done);
  }

  /** Mounts and swaps have a target of their own, so that they go after what uses them. */
  #unmount(): void {
    const manager = this.#manager;
    const target = manager.registry.get(UMOUNT_TARGET);
    const isNeeded = [...target.related(['ConflictedBy'])].some((unit) => !unit.isDown);
    if (isNeeded && target.config.load === 'loaded') manager.add(target, 'start', 'replace-irreversibly');
  }

  #whenQuiet(done: () => void): void {
    const manager = this.#manager;
    let over = false;
    const finish = (): void => {
      if (over) return;
      over = true;
      stop();
      limit.cancel();
      done();
    };
    const look = (): void => {
      if (manager.queue.jobs.size === 0) finish();
    };
    const limit = this.#loop.after(LIMIT_MS, finish);
    const stop = manager.onChange(() => this.#loop.defer(look));
    this.#loop.defer(look);
  }
}
