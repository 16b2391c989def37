/**
 * An automount: its mount is made when it starts, not at the first access, and stays.
 *
 *   dead -> waiting -> running (it is mounted) -> waiting | dead
 */
import type { Unit } from '../../unit/graph/unit.ts';
import type { Attempt } from '../../unit/job/queue.ts';
import type { ActiveState, UnitResult } from '../../unit/model.ts';
import type { AutomountFacts } from '../../unit/show/own-facts.ts';
import type { UnitRunner, UnitRunnerPort } from '../unit-runner.ts';

type Sub = 'dead' | 'waiting' | 'running';
const ACTIVE: Readonly<Record<Sub, ActiveState>> = { dead: 'inactive', waiting: 'active', running: 'active' };

class AutomountRunner implements UnitRunner {
  readonly facts: AutomountFacts = { type: 'automount' };
  readonly result: UnitResult = 'success';
  readonly #unit: Unit;
  readonly #port: UnitRunnerPort;

  constructor(unit: Unit, port: UnitRunnerPort) {
    this.#unit = unit;
    this.#port = port;
  }

  get #mount(): Unit | undefined {
    return [...this.#unit.related(['Triggers'])][0];
  }

  #enter(sub: Sub): void {
    this.#port.setState(this.#unit, sub, ACTIVE[sub]);
  }

  start(): Attempt {
    const mount = this.#mount;
    if (mount?.config.load !== 'loaded') {
      this.#port.log(this.#unit, 3, `Refusing to start, unit ${mount?.id ?? ''} to trigger not loaded.`);
      return 'failed';
    }
    this.#unit.invocationId = this.#port.newId();
    this.#enter(mount.isUp ? 'running' : 'waiting');
    const error = mount.isUp ? null : this.#port.trigger(mount, []);
    if (error !== null) this.#port.log(this.#unit, 4, `Failed to queue mount startup job: ${error.message}`);
    return 'begun';
  }

  stop(): Attempt {
    this.#port.log(this.#unit, 6, 'Deactivated successfully.');
    this.#enter('dead');
    return 'begun';
  }

  triggered(mount: Unit): void {
    if (!this.#unit.isUp) return;
    if (mount.isUp && this.#unit.sub !== 'running') this.#enter('running');
    else if (mount.isDown && this.#unit.sub === 'running') this.#enter('waiting');
  }

  reloaded(): void {}

  resetFailed(): void {}

  keep(): null {
    return null;
  }

  resume(): void {}

  dispose(): void {}
}

export function makeAutomount(unit: Unit, port: UnitRunnerPort): UnitRunner {
  return new AutomountRunner(unit, port);
}
