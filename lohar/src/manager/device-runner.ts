/** A device: there is no udev, so it is up when its path is there, and a start waits for that. */
import type { Watch } from '@bhatti/runtime/sys.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { Attempt } from '../unit/job/queue.ts';
import { pathOf } from '../unit/name-escape.ts';
import type { PathSpec } from '../unit/path/path-settings.ts';
import type { DeviceFacts } from '../unit/show/own-facts.ts';
import { type Opened, openWatch } from './path/spec-watch.ts';
import type { UnitRunner, UnitRunnerPort } from './unit-runner.ts';

class DeviceRunner implements UnitRunner {
  readonly facts: DeviceFacts = { type: 'device' };
  readonly result = 'success';
  readonly #unit: Unit;
  readonly #port: UnitRunnerPort;
  #opened: Opened | null = null;
  #watch: Watch | null = null;

  constructor(unit: Unit, port: UnitRunnerPort) {
    this.#unit = unit;
    this.#port = port;
  }

  get #spec(): PathSpec {
    return { kind: 'PathExists', path: pathOf(this.#unit.id) || '/' };
  }

  start(): Attempt {
    return this.#look() ? 'begun' : 'on-it';
  }

  /** Looks, and looks again when a folder on the way has changed. */
  #look(): boolean {
    this.#forget();
    const isThere = this.#port.sys.access(this.#spec.path, 0);
    if (isThere) this.#port.setState(this.#unit, 'plugged', 'active');
    else {
      const opened = openWatch(this.#port.sys, this.#spec);
      this.#opened = opened;
      this.#watch = this.#port.loop.watch(opened.fd, 'in', () => {
        if (this.#unit.job === null) this.#forget();
        else this.#look();
      });
    }
    return isThere;
  }

  #forget(): void {
    this.#watch?.stop();
    if (this.#opened !== null) this.#port.sys.close(this.#opened.fd);
    this.#watch = null;
    this.#opened = null;
  }

  stop(): Attempt {
    this.#port.setState(this.#unit, 'dead', 'inactive');
    return 'begun';
  }

  triggered(): void {}

  reloaded(): void {}

  resetFailed(): void {}

  keep(): null {
    return null;
  }

  resume(): void {}

  dispose(): void {
    this.#forget();
  }
}

export function makeDevice(unit: Unit, port: UnitRunnerPort): UnitRunner {
  return new DeviceRunner(unit, port);
}
