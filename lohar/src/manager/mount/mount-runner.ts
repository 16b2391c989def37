/**
 * A mount or a swap.
 *
 *   dead -> mounting -> mounting-done -> mounted <-> remounting
 *   mounted -> unmounting -> dead | failed                        (a swap: activating, active, deactivating)
 *
 * mount(8), umount(8), swapon(8) and swapoff(8) do the work; what the kernel's tables then show is what counts, for what
 * others mount as well.
 */
import { SysError, type WaitStatus } from '@bhatti/runtime/sys.ts';
import type { Unit } from '../../unit/graph/unit.ts';
import type { Attempt } from '../../unit/job/queue.ts';
import type { ActiveState, UnitResult } from '../../unit/model.ts';
import { MOUNT_INITIAL, type MountSettings, SWAP_INITIAL, UNMOUNTS_MAX } from '../../unit/mount/mount-settings.ts';
import { ROOT_MOUNT } from '../../unit/name.ts';
import type { MountFacts, SwapFacts } from '../../unit/show/own-facts.ts';
import { ControlCommands, type Running } from '../control-commands.ts';
import { errorText } from '../launch/error-text.ts';
import { makeParents } from '../make-parents.ts';
import type { UnitRunner, UnitRunnerPort } from '../unit-runner.ts';

/** What a state is called, and what is said when a process takes too long in it. */
type Step = 'coming' | 'come' | 'up' | 'again' | 'going';
const SUBS = {
  mount: { coming: 'mounting', come: 'mounting-done', up: 'mounted', again: 'remounting', going: 'unmounting' },
  swap: { coming: 'activating', come: 'activating-done', up: 'active', again: 'active', going: 'deactivating' },
} as const satisfies Record<string, Record<Step, string>>;
const ACTIVE: Readonly<Record<Step, ActiveState>> = {
  coming: 'activating',
  come: 'active',
  up: 'active',
  again: 'reloading',
  going: 'deactivating',
};
const TIMED_OUT: Readonly<Record<string, string>> = {
  mounting: 'Mounting timed out. Terminating.',
  'mounting-done': 'Mounting timed out. Terminating.',
  remounting: 'Remounting timed out. Terminating remount process.',
  unmounting: 'Unmounting timed out. Terminating.',
  activating: 'Activation timed out. Stopping.',
  'activating-done': 'Activation timed out. Stopping.',
  deactivating: 'Deactivation timed out. Stopping.',
};

interface Kept {
  readonly result: UnitResult;
  readonly running: Running | null;
}

class MountRunner implements UnitRunner {
  readonly #unit: Unit;
  readonly #port: UnitRunnerPort;
  readonly #commands: ControlCommands;
  readonly #subs: Readonly<Record<Step, string>>;
  #state: Kept = { result: 'success', running: null };

  constructor(unit: Unit, port: UnitRunnerPort, kept: Kept | null) {
    this.#unit = unit;
    this.#port = port;
    this.#subs = unit.config.type === 'swap' ? SUBS.swap : SUBS.mount;
    this.#commands = new ControlCommands(unit, port, {
      name: unit.config.type === 'swap' ? 'Swap process' : 'Mount process',
      timeoutUsec: () => this.#settings.TimeoutSec,
      timedOut: () => TIMED_OUT[unit.sub] ?? 'Timed out.',
      changed: () => this.#set({ running: this.#commands.running }),
    });
    if (kept !== null) this.#state = kept;
  }

  get result(): UnitResult {
    return this.#state.result;
  }

  get facts(): MountFacts | SwapFacts {
    const controlPid = this.#state.running?.pid ?? 0;
    const { mounts } = this.#port;
    if (this.#unit.config.type === 'swap')
      return { type: 'swap', controlPid, priority: mounts.swaps.get(this.#path)?.priority ?? null };
    const entry = mounts.mountAt(this.#path);
    const kernel = entry === null ? null : { ...entry, options: mounts.optionsAt(this.#path) };
    return { type: 'mount', controlPid, kernel };
  }

  get #settings(): { readonly TimeoutSec: number } {
    const { Mount, Swap } = this.#unit.config.settings;
    return Mount ?? Swap ?? MOUNT_INITIAL;
  }

  get #path(): string {
    const { Mount, Swap } = this.#unit.config.settings;
    return this.#unit.id === ROOT_MOUNT ? '/' : (Mount?.Where ?? (Swap ?? SWAP_INITIAL).What);
  }

  get #isThere(): boolean {
    const { mounts } = this.#port;
    if (this.#unit.config.type === 'swap') return mounts.swaps.has(this.#path);
    return mounts.mountAt(this.#path) !== null;
  }

  /** The kernel is asked anew: a process has just changed something. */
  #look(): boolean {
    this.#port.mounts.forget();
    return this.#isThere;
  }

  #set(changes: Partial<Kept>): void {
    this.#state = { ...this.#state, ...changes };
    this.#port.keep(this.#unit);
  }

  #is(...steps: readonly Step[]): boolean {
    return steps.some((step) => this.#unit.sub === this.#subs[step]);
  }

  #enter(step: Step, reloaded = true): void {
    this.#port.setState(this.#unit, this.#subs[step], ACTIVE[step], reloaded);
  }

  // --- up -------------------------------------------------------------------------------------------------------

  start(): Attempt {
    if (this.#unit.active === 'activating') return 'on-it';
    if (this.#unit.active === 'deactivating') return 'not-yet';
    this.#set({ result: 'success' });
    this.#unit.invocationId = this.#port.newId();
    const { Mount } = this.#unit.config.settings;
    if (Mount !== null && !this.#prepare(Mount)) {
      this.#end('resources');
      return 'failed';
    }
    this.#port.world.begin(this.#unit);
    this.#enter('coming');
    this.#commands.run('ExecStart', (result) => this.#started(result));
    return 'begun';
  }

  /** The folder to mount on is there, and no symlink leads elsewhere. */
  #prepare({ What, Where, Options, DirectoryMode }: MountSettings): boolean {
    const { sys } = this.#port;
    try {
      this.#makeFolder(Where, DirectoryMode);
      if (Options.split(',').some((option) => option === 'bind' || option === 'rbind'))
        this.#makeFolder(What, DirectoryMode);
      if (sys.realpath(Where) !== Where) {
        this.#port.log(this.#unit, 3, `Mount path ${Where} is not canonical (contains a symlink).`);
        return false;
      }
      if (sys.stat(Where).type === 'directory' && sys.readdir(Where, 1).length > 0)
        this.#port.log(this.#unit, 5, `Directory ${Where} to mount over is not empty, mounting anyway.`);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#port.log(this.#unit, 4, `Failed to create mount point '${Where}', ignoring: ${errorText(error.code)}`);
    }
    return true;
  }

  #makeFolder(path: string, mode: number): void {
    if (this.#port.sys.access(path, 0)) return;
    makeParents(this.#port.sys, path, 0o755);
    this.#port.sys.mkdir(path, mode);
    this.#port.sys.chmod(path, mode);
  }

  #started(result: UnitResult): void {
    if (this.#look()) {
      this.#fail(result);
      this.#enter('up');
      return;
    }
    if (result === 'success')
      this.#port.log(this.#unit, 3, `${this.#noun} process finished, but there is no ${this.#noun.toLowerCase()}.`);
    this.#end(result === 'success' ? 'protocol' : result);
  }

  get #noun(): string {
    return this.#unit.config.type === 'swap' ? 'Swap' : 'Mount';
  }

  reload(): Attempt {
    this.#enter('again');
    this.#commands.run('ExecReload', (result) => {
      if (this.#look()) this.#enter('up', result === 'success');
      else this.#end('success');
    });
    return 'begun';
  }

  // --- down -----------------------------------------------------------------------------------------------------

  refuse(result: UnitResult): void {
    this.#end(result);
  }

  stop(): Attempt {
    if (this.#is('going')) return 'on-it';
    if (this.#commands.running !== null) {
      this.#commands.stop();
      return 'not-yet';
    }
    this.#set({ result: 'success' });
    this.#enter('going');
    this.#unmount(UNMOUNTS_MAX);
    return 'begun';
  }

  #unmount(left: number): void {
    this.#commands.run('ExecStop', (result) => {
      const isThere = this.#look();
      if (!isThere) this.#end(result);
      else if (result === 'success' && left > 1) this.#unmount(left - 1);
      else {
        this.#fail(result);
        this.#enter('up');
      }
    });
  }

  #fail(result: UnitResult): void {
    if (this.#state.result === 'success') this.#set({ result });
  }

  #end(result: UnitResult): void {
    this.#fail(result);
    const failed = this.#state.result !== 'success';
    if (failed) this.#port.log(this.#unit, 4, `Failed with result '${this.#state.result}'.`);
    else this.#port.log(this.#unit, 6, 'Deactivated successfully.');
    this.#port.setState(this.#unit, failed ? 'failed' : 'dead', failed ? 'failed' : 'inactive');
    // It was one only because the kernel had it.
    if (this.#unit.config.fragment === '') this.#port.loadAgain(this.#unit);
  }

  // --- what happens by itself -----------------------------------------------------------------------------------

  kernelChanged(): void {
    const isThere = this.#isThere;
    if (this.#unit.isDown && isThere) {
      this.#set({ result: 'success' });
      this.#enter('up');
    } else if (this.#is('up') && !isThere) this.#end('success');
    else if (this.#is('coming') && isThere) this.#enter('come');
    else if (this.#is('come') && !isThere) this.#enter('coming');
  }

  exited(status: WaitStatus): void {
    this.#commands.exited(status);
  }

  triggered(): void {}

  reloaded(): void {}

  resetFailed(): void {
    this.#set({ result: 'success' });
  }

  keep(): Kept {
    return this.#state;
  }

  resume(): void {
    const { running } = this.#state;
    if (running === null) return;
    this.#commands.resume(running, (result) => {
      if (running.kind === 'ExecStart') this.#started(result);
      else if (this.#look()) this.#enter('up', result === 'success');
      else this.#end(running.kind === 'ExecStop' ? result : 'success');
    });
  }

  dispose(): void {
    this.#commands.dispose();
  }
}

/** @param kept of the image of PID 1 before this one */
export function makeMount(unit: Unit, port: UnitRunnerPort, kept: unknown): UnitRunner | null {
  return new MountRunner(unit, port, kept as Kept | null);
}
