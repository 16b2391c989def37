/**
 * An automount: its mount is made at the first access, and goes again when nobody has used it for a while.
 *
 *   dead -> waiting <-> running (its mount comes, or is there) -> dead | failed
 */
import { ERRNO } from '@bhatti/runtime/linux/constants.ts';
import { type Fd, SysError, type Timer, type Watch } from '@bhatti/runtime/sys.ts';
import { readText } from '../../read-text.ts';
import type { Unit } from '../../unit/graph/unit.ts';
import type { Attempt } from '../../unit/job/queue.ts';
import type { ActiveState, UnitResult } from '../../unit/model.ts';
import { AUTOMOUNT_INITIAL, type AutomountSettings } from '../../unit/mount/mount-settings.ts';
import type { AutomountFacts } from '../../unit/show/own-facts.ts';
import { USEC_PER_MSEC } from '../../unit/value/time-span.ts';
import { errorText } from '../launch/error-text.ts';
import { makeParents } from '../make-parents.ts';
import type { UnitRunner, UnitRunnerPort } from '../unit-runner.ts';
import { type Access, answer, expire, readTrap, removeTrap, setTrap } from './autofs.ts';

type Sub = 'dead' | 'waiting' | 'running' | 'failed';
const ACTIVE: Readonly<Record<Sub, ActiveState>> = {
  dead: 'inactive',
  waiting: 'active',
  running: 'active',
  failed: 'failed',
};
const COMM_SIZE_MAX = 64;

interface Kept {
  readonly result: UnitResult;
  /** Of the trap. */
  readonly pipe: Fd | null;
  /** Those who wait for the mount. */
  readonly waiting: readonly Access[];
}

class AutomountRunner implements UnitRunner {
  readonly facts: AutomountFacts = { type: 'automount' };
  readonly #unit: Unit;
  readonly #port: UnitRunnerPort;
  #state: Kept = { result: 'success', pipe: null, waiting: [] };
  #watch: Watch | null = null;
  #idle: Timer | null = null;

  constructor(unit: Unit, port: UnitRunnerPort, kept: Kept | null) {
    this.#unit = unit;
    this.#port = port;
    if (kept !== null) this.#state = kept;
  }

  get result(): UnitResult {
    return this.#state.result;
  }

  get #mount(): Unit | undefined {
    return [...this.#unit.related(['Triggers'])][0];
  }

  get #settings(): AutomountSettings {
    return this.#unit.config.settings.Automount ?? AUTOMOUNT_INITIAL;
  }

  #set(changes: Partial<Kept>): void {
    this.#state = { ...this.#state, ...changes };
    this.#port.keep(this.#unit);
  }

  #enter(sub: Sub): void {
    this.#port.setState(this.#unit, sub, ACTIVE[sub]);
  }

  #log(priority: 3 | 4 | 6, text: string): void {
    this.#port.log(this.#unit, priority, text);
  }

  start(): Attempt {
    const { mounts } = this.#port;
    const { Where } = this.#settings;
    const mount = this.#mount;
    mounts.forget();
    if (mounts.mounts.has(Where)) {
      this.#log(3, `Path ${Where} is already a mount point, refusing start.`);
      return 'failed';
    }
    if (mount?.config.load !== 'loaded') {
      this.#log(3, `Refusing to start, unit ${mount?.id ?? ''} to trigger not loaded.`);
      return 'failed';
    }
    this.#unit.invocationId = this.#port.newId();
    this.#set({ result: 'success' });
    try {
      this.#setTrap();
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#log(3, `Failed to initialize automounter: ${errorText(error.code)}`);
      this.#end('resources');
      return 'failed';
    }
    this.#enter('waiting');
    return 'begun';
  }

  /** @throws SysError */
  #setTrap(): void {
    const { sys } = this.#port;
    const { Where, ExtraOptions, DirectoryMode } = this.#settings;
    makeParents(sys, `${Where}/`, DirectoryMode);
    const pipe = setTrap(sys, Where, ExtraOptions);
    this.#port.holdOpen(pipe);
    this.#set({ pipe });
    this.#listen(pipe);
  }

  #listen(pipe: Fd): void {
    this.#watch = this.#port.loop.watch(pipe, 'in', () => {
      const came = readTrap(this.#port.sys, pipe);
      if (came === null) {
        this.#log(
          3,
          'Got hangup/error on autofs pipe from kernel. Likely our automount point has been unmounted by someone.',
        );
        this.#end('unmounted');
      } else for (const one of came) this.#entered(one);
    });
  }

  /** Somebody waits for the mount. */
  #entered(access: Access): void {
    const mount = this.#mount;
    const name = readText(this.#port.sys, `/proc/${access.pid}/comm`, COMM_SIZE_MAX).trim();
    this.#log(6, `Got automount request for ${this.#settings.Where}, triggered by ${access.pid} (${name || 'n/a'})`);
    this.#set({ waiting: [...this.#state.waiting, access] });
    if (mount === undefined || mount.isUp) {
      this.#answer(mount === undefined ? ERRNO.ENODEV : null);
      return;
    }
    const error = this.#port.trigger(mount, []);
    if (error === null) {
      this.#enter('running');
      return;
    }
    this.#log(4, `Failed to queue mount startup job: ${error.message}`);
    this.#end('resources');
  }

  /** @param errno for those who wait, as systemd's automount.c has it; null: what they wait for is mounted */
  #answer(errno: number | null): void {
    const { waiting } = this.#state;
    if (waiting.length === 0) return;
    answer(this.#port.sys, this.#settings.Where, waiting, errno);
    this.#set({ waiting: [] });
  }

  triggered(mount: Unit): void {
    if (!this.#unit.isUp) return;
    if (mount.startLimitHit) {
      this.#end('mount-start-limit-hit');
      return;
    }
    if (mount.isUp) {
      this.#answer(null);
      if (this.#unit.sub !== 'running') this.#enter('running');
      this.#idle ??= this.#expireLater();
    } else if (mount.isDown && mount.job === null) {
      this.#answer(ERRNO.ENODEV);
      this.#stayNoLonger();
      if (this.#unit.sub === 'running') this.#enter('waiting');
    }
  }

  /** What was not used between two looks goes; the kernel's table then tells everybody. */
  #expireLater(): Timer | null {
    const { Where, TimeoutIdleSec } = this.#settings;
    if (!Number.isFinite(TimeoutIdleSec) || TimeoutIdleSec <= 0) return null;
    return this.#port.loop.after(TimeoutIdleSec / USEC_PER_MSEC, () => {
      this.#idle = null;
      if (!expire(this.#port.sys, Where)) this.#idle = this.#expireLater();
    });
  }

  #stayNoLonger(): void {
    this.#idle?.cancel();
    this.#idle = null;
  }

  refuse(result: UnitResult): void {
    this.#end(result);
  }

  stop(): Attempt {
    this.#end('success');
    return 'begun';
  }

  #end(result: UnitResult): void {
    this.#answer(ERRNO.EHOSTDOWN);
    this.#stayNoLonger();
    this.#unwatch();
    const { pipe } = this.#state;
    if (pipe !== null) {
      this.#port.letGo(pipe);
      removeTrap(this.#port.sys, this.#settings.Where, pipe);
    }
    this.#set({ result: this.#state.result === 'success' ? result : this.#state.result, pipe: null });
    const failed = this.#state.result !== 'success';
    if (failed) this.#log(4, `Failed with result '${this.#state.result}'.`);
    else this.#log(6, 'Deactivated successfully.');
    this.#enter(failed ? 'failed' : 'dead');
  }

  #unwatch(): void {
    this.#watch?.stop();
    this.#watch = null;
  }

  reloaded(): void {}

  resetFailed(): void {
    this.#set({ result: 'success' });
  }

  keep(): Kept {
    return this.#state;
  }

  resume(): void {
    const { pipe } = this.#state;
    if (!this.#unit.isUp || pipe === null) return;
    if (!this.#port.isInherited(pipe)) {
      this.#set({ pipe: null, waiting: [] });
      this.#end('resources');
      return;
    }
    this.#port.holdOpen(pipe);
    this.#listen(pipe);
    if (this.#mount !== undefined) this.triggered(this.#mount);
  }

  dispose(): void {
    this.#stayNoLonger();
    this.#unwatch();
  }
}

/** @param kept of the image of PID 1 before this one */
export function makeAutomount(unit: Unit, port: UnitRunnerPort, kept: unknown): UnitRunner {
  return new AutomountRunner(unit, port, kept as Kept | null);
}
