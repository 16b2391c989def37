/**
 * A scope: processes that somebody else made, in a control group of their own.
 *
 *   dead -> running -> stop-sigterm -> stop-sigkill -> dead | failed
 */
import { SysError, type Timer } from '@bhatti/runtime/sys.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { Attempt } from '../unit/job/queue.ts';
import type { ActiveState, UnitResult } from '../unit/model.ts';
import { INITIAL } from '../unit/service/state.ts';
import type { ScopeFacts } from '../unit/show/own-facts.ts';
import { cgroupOf } from './cgroup-path.ts';
import { errorText } from './launch/error-text.ts';
import type { UnitRunner, UnitRunnerPort } from './unit-runner.ts';

type Sub = 'dead' | 'running' | 'stop-sigterm' | 'stop-sigkill' | 'failed';
const ACTIVE: Readonly<Record<Sub, ActiveState>> = {
  dead: 'inactive',
  running: 'active',
  'stop-sigterm': 'deactivating',
  'stop-sigkill': 'deactivating',
  failed: 'failed',
};
const CGROUPS = '/sys/fs/cgroup';

class ScopeRunner implements UnitRunner {
  readonly facts: ScopeFacts = { type: 'scope' };
  readonly #unit: Unit;
  readonly #port: UnitRunnerPort;
  #result: UnitResult;
  #timer: Timer | null = null;

  constructor(unit: Unit, port: UnitRunnerPort, kept: UnitResult | null) {
    this.#unit = unit;
    this.#port = port;
    this.#result = kept ?? 'success';
  }

  get result(): UnitResult {
    return this.#result;
  }

  #enter(sub: Sub): void {
    this.#port.setState(this.#unit, sub, ACTIVE[sub]);
  }

  start(): Attempt {
    const pids = this.#unit.joining.splice(0);
    if (pids.length === 0) return 'failed';
    this.#result = 'success';
    this.#unit.invocationId = this.#port.newId();
    this.#port.world.begin(this.#unit);
    try {
      for (const pid of pids)
        this.#port.sys.writeFile(`${CGROUPS}${cgroupOf(this.#unit.config)}/cgroup.procs`, String(pid));
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#port.log(this.#unit, 4, `Failed to add PIDs to scope's control group: ${errorText(error.code)}`);
      this.#end('resources');
      return 'failed';
    }
    this.#enter('running');
    return 'begun';
  }

  stop(): Attempt {
    if (this.#sub !== 'running') return 'on-it';
    this.#signal('stop-sigterm');
    return 'begun';
  }

  get #sub(): Sub {
    return this.#unit.sub as Sub;
  }

  #signal(sub: 'stop-sigterm' | 'stop-sigkill'): void {
    const how = sub === 'stop-sigterm' ? 'terminate' : 'kill';
    if (!this.#port.world.kill(this.#unit, how, INITIAL)) {
      this.#end('success');
      return;
    }
    this.#enter(sub);
    this.#arm();
  }

  #arm(): void {
    this.#timer?.cancel();
    const { TimeoutStopSec } = this.#unit.config.settings;
    if (TimeoutStopSec === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#port.loop.after(TimeoutStopSec / 1000, () => {
      if (this.#result === 'success') this.#result = 'timeout';
      if (this.#sub === 'stop-sigterm') {
        this.#port.log(this.#unit, 4, 'Stopping timed out. Killing.');
        this.#signal('stop-sigkill');
      } else {
        this.#port.log(this.#unit, 4, 'Still around after SIGKILL. Ignoring.');
        this.#end('timeout');
      }
    });
  }

  cgroupEmpty(): void {
    if (!this.#unit.isDown) this.#end('success');
  }

  #end(result: UnitResult): void {
    this.#timer?.cancel();
    if (this.#result === 'success') this.#result = result;
    const failed = this.#result !== 'success';
    if (failed) this.#port.log(this.#unit, 4, `Failed with result '${this.#result}'.`);
    else this.#port.log(this.#unit, 6, 'Deactivated successfully.');
    this.#enter(failed ? 'failed' : 'dead');
  }

  triggered(): void {}

  reloaded(): void {}

  resetFailed(): void {
    this.#result = 'success';
  }

  keep(): UnitResult {
    return this.#result;
  }

  resume(): void {
    if (this.#unit.isDown) return;
    this.#port.world.begin(this.#unit);
    if (this.#port.world.populated(this.#unit) === false) this.cgroupEmpty();
    else if (this.#sub !== 'running') this.#arm();
  }

  dispose(): void {
    this.#timer?.cancel();
  }
}

/** @param kept of the image of PID 1 before this one */
export function makeScope(unit: Unit, port: UnitRunnerPort, kept: unknown): UnitRunner | null {
  return unit.perpetual ? null : new ScopeRunner(unit, port, kept as UnitResult | null);
}
