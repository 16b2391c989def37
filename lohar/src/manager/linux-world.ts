/** ServiceWorld over the real kernel: cgroups, processes, PID files, what exists only for a run. */
import { type Loop, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { JournalSink } from '../journal/sink.ts';
import { sliceOf } from '../unit/graph/implicit.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { CommandRef, ServiceState } from '../unit/service/state.ts';
import { SIGABRT, SIGCONT, SIGHUP, SIGKILL, signalName } from '../unit/value/signal.ts';
import type { Accounts } from './accounts.ts';
import { limitFiles, type MachineSizes } from './cgroup-limits.ts';
import { cgroupOf, hasCgroup } from './cgroup-path.ts';
import type { Cgroups } from './cgroups.ts';
import { removeCredentials } from './launch/credentials.ts';
import { removeRuntimeDirectories } from './launch/directories.ts';
import { errorText } from './launch/error-text.ts';
import { Launcher } from './launch/launcher.ts';
import { PrivateTmp } from './launch/private-tmp.ts';
import type { ManagerLog } from './manager-log.ts';
import { PidFileWatch } from './pid-file-watch.ts';
import type { KillHow, Launched, PidFileContent, ServiceWorld } from './service-world.ts';
import type { Passed } from './unit-runner.ts';

const NOTHING_PASSED: Passed = { fds: [], environment: [] };
const PID_FILE_MAX = 64;
const PROC_FILE_MAX = 4096;
/** Processes whose end by force is told one by one. */
const SAID_MAX = 100;

export interface WorldPort {
  readonly sys: Sys;
  readonly loop: Loop;
  readonly journal: JournalSink;
  readonly log: ManagerLog;
  readonly cgroups: Cgroups;
  readonly accounts: Accounts;
  sizes(): MachineSizes;
  bootId(): string;
  managerEnvironment(unit: Unit): readonly string[];
  /** Variables for this start alone: MONITOR_*, LISTEN_*. */
  extraEnvironment(unit: Unit, command: CommandRef): readonly string[];
  /** Of the sockets that start it. */
  passedTo(unit: Unit): Passed;
  /** The cgroup of a unit ran empty, or out of memory. */
  cgroupEmpty(unit: Unit): void;
  outOfMemory(unit: Unit): void;
}

export class LinuxWorld implements ServiceWorld {
  readonly #port: WorldPort;
  readonly #launcher: Launcher;
  readonly #privateTmp: PrivateTmp;
  readonly #pidFiles: PidFileWatch;

  constructor(port: WorldPort) {
    this.#port = port;
    this.#launcher = new Launcher(port.sys, port.journal, port.accounts, {
      manager: (unit, priority, text) => port.log.unit(unit, priority, text),
      // Later than what the manager says of the start.
      child: (unit, priority, text) => port.loop.defer(() => port.log.unit(unit, priority, text)),
    });
    this.#privateTmp = new PrivateTmp(port.sys, port.bootId);
    this.#pidFiles = new PidFileWatch(port.sys, port.loop);
  }

  begin(unit: Unit): void {
    const path = cgroupOf(unit.config);
    try {
      this.#port.cgroups.ensure(path);
      this.applyLimits(unit);
      this.#watch(unit, path);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#port.log.unit(unit, 4, `Failed to create cgroup ${path}: ${errorText(error.code)}`);
    }
  }

  /** Also for a unit that was taken over from an earlier image of PID 1. */
  #watch(unit: Unit, path: string): void {
    this.#port.cgroups.watch(path, {
      empty: () => this.#port.cgroupEmpty(unit),
      outOfMemory: () => {
        this.#port.log.unit(unit, 5, 'A process of this unit has been killed by the OOM killer.');
        this.#port.outOfMemory(unit);
      },
    });
  }

  adopt(unit: Unit): void {
    this.#watch(unit, cgroupOf(unit.config));
  }

  applyLimits(unit: Unit): void {
    const path = cgroupOf(unit.config);
    for (const [file, value] of limitFiles(unit.config.settings, this.#port.sizes()))
      this.#port.cgroups.set(path, file, value);
  }

  thaw(unit: Unit): void {
    this.#port.cgroups.set(cgroupOf(unit.config), 'cgroup.freeze', '0');
    unit.frozen = false;
  }

  makeSlice(unit: Unit): void {
    this.#port.cgroups.ensure(cgroupOf(unit.config));
    this.applyLimits(unit);
  }

  launch(unit: Unit, role: 'main' | 'control', ref: CommandRef, state: ServiceState): Launched {
    const { cgroups } = this.#port;
    const cgroup = cgroupOf(unit.config);
    let cgroupFd: number;
    try {
      cgroups.ensure(cgroup);
      cgroupFd = cgroups.open(cgroup);
    } catch (error) {
      if (error instanceof SysError) return { ok: false, why: errorText(error.code) };
      throw error;
    }
    try {
      return this.#launcher.launch({
        unit,
        role,
        ref,
        state,
        cgroup,
        cgroupFd,
        slice: sliceOf(unit.config) ?? '-.slice',
        managerEnvironment: this.#port.managerEnvironment(unit),
        extraEnvironment: this.#port.extraEnvironment(unit, ref),
        passed: ref.kind === 'ExecStart' ? this.#port.passedTo(unit) : NOTHING_PASSED,
        privateTmp: unit.config.settings.PrivateTmp ? this.#privateTmp.of(unit.id) : null,
      });
    } finally {
      this.#port.sys.close(cgroupFd);
    }
  }

  kill(unit: Unit, how: KillHow, state: ServiceState): boolean {
    const { settings } = unit.config;
    if (settings.KillMode === 'none') return false;
    const signal = signalFor(how, unit);
    const hangUp = settings.SendSIGHUP && (how === 'terminate' || how === 'restart') && signal !== SIGHUP;
    const own = [state.mainPid, state.controlPid].filter((pid) => pid !== 0);
    const whole = settings.KillMode === 'control-group' || (settings.KillMode === 'mixed' && how === 'kill');
    const path = cgroupOf(unit.config);
    if (how === 'kill' || how === 'watchdog' || signal === SIGKILL || signal === SIGABRT)
      this.#sayKilled(unit, whole ? [...own, ...this.#port.cgroups.processes(path)] : own, signal);
    for (const pid of own) {
      this.signal(pid, signal);
      if (signal !== SIGKILL && signal !== SIGCONT) this.signal(pid, SIGCONT);
      if (hangUp) this.signal(pid, SIGHUP);
    }
    const wait = (state.mainPid !== 0 && !state.mainAlien) || state.controlPid !== 0;
    if (!whole) return wait;
    const others = this.#port.cgroups.signal(path, signal, new Set(own));
    if (others && hangUp) this.#port.cgroups.signal(path, SIGHUP, new Set(own));
    return wait || others;
  }

  tellLeftOver(unit: Unit): void {
    for (const pid of this.#port.cgroups.processes(cgroupOf(unit.config)).slice(0, SAID_MAX)) {
      const name = this.#proc(pid, 'comm')?.trim();
      if (name !== undefined && this.alive(pid))
        this.#port.log.unit(unit, 5, `Unit process ${pid} (${name}) remains running after unit stopped.`);
    }
  }

  #sayKilled(unit: Unit, pids: readonly number[], signal: number): void {
    for (const pid of [...new Set(pids)].slice(0, SAID_MAX)) {
      const name = this.#proc(pid, 'comm')?.trim();
      if (name !== undefined)
        this.#port.log.unit(unit, 5, `Killing process ${pid} (${name}) with signal SIG${signalName(signal)}.`);
    }
  }

  signal(pid: number, signal: number): void {
    try {
      this.#port.sys.kill(pid, signal);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
  }

  populated(unit: Unit): boolean | null {
    // A cgroup that is not there yet, or not any more, has nobody in it.
    return this.#port.cgroups.populated(cgroupOf(unit.config)) ?? false;
  }

  alive(pid: number): boolean {
    const stat = this.#proc(pid, 'stat');
    return stat !== null && !/^\d+ \(.*\) [ZX]/s.test(stat);
  }

  owner(pid: number, unit: Unit): 'own' | 'other' | 'none' {
    if (!this.alive(pid)) return 'none';
    const found = /^0::(.*)$/m.exec(this.#proc(pid, 'cgroup') ?? '');
    const path = found?.[1] ?? '';
    const own = cgroupOf(unit.config);
    return path === own || path.startsWith(`${own}/`) ? 'own' : 'other';
  }

  #proc(pid: number, file: string): string | null {
    try {
      return this.#port.sys.decode(this.#port.sys.readFile(`/proc/${pid}/${file}`, PROC_FILE_MAX));
    } catch (error) {
      if (error instanceof SysError) return null;
      throw error;
    }
  }

  readPidFile(unit: Unit, during: string): PidFileContent {
    const path = unit.config.settings.PIDFile;
    const { sys } = this.#port;
    let text: string;
    let uid: number;
    try {
      text = sys.decode(sys.readFile(path, PID_FILE_MAX)).split('\n', 1)[0]?.trim() ?? '';
      uid = sys.stat(path).uid;
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      return { wrong: `Can't open PID file ${path} (yet?) after ${during}: ${errorText(error.code)}` };
    }
    const pid = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    const owner = pid > 1 ? this.owner(pid, unit) : 'none';
    if (pid === 0) return { wrong: `Failed to parse PID from file ${path}: ${errorText('EINVAL')}` };
    if (owner === 'none') return { wrong: `Failed to parse PID from file ${path}: ${errorText('ESRCH')}` };
    if (owner === 'other' && uid !== 0)
      return { wrong: `New main PID ${pid} does not belong to service, and PID file is not owned by root. Refusing.` };
    return { pid, alien: this.isAlien(pid) };
  }

  watchPidFile(unit: Unit, changed: () => void): () => void {
    return this.#pidFiles.watch(unit.config.settings.PIDFile, changed);
  }

  guessMain(unit: Unit, state: ServiceState): number {
    const others = this.#port.cgroups.processes(cgroupOf(unit.config)).filter((pid) => pid !== state.controlPid);
    const alive = others.filter((pid) => this.alive(pid) && this.#parent(pid) === 1);
    return alive.length === 1 ? (alive[0] ?? 0) : 0;
  }

  /** Somebody else's child: its end is told to its parent. */
  isAlien(pid: number): boolean {
    return this.#parent(pid) !== 1;
  }

  #parent(pid: number): number {
    return Number(/^\d+ \(.*\) \S (\d+)/s.exec(this.#proc(pid, 'stat') ?? '')?.[1] ?? 0);
  }

  release(unit: Unit, restarting: boolean): void {
    const { sys } = this.#port;
    const { settings } = unit.config;
    removeRuntimeDirectories(sys, settings, restarting);
    if (settings.SetCredential.length + settings.LoadCredential.length > 0) removeCredentials(sys, unit.id);
    if (settings.PrivateTmp) this.#privateTmp.remove(unit.id);
    if (settings.PIDFile !== '') {
      try {
        sys.unlink(settings.PIDFile);
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
      }
    }
  }

  removeFile(unit: Unit): void {
    try {
      this.#port.sys.unlink(unit.config.fragment);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
  }

  prune(unit: Unit): number {
    if (!hasCgroup(unit.config)) return 0;
    const path = cgroupOf(unit.config);
    if (path === '') return 0;
    const usage = /^usage_usec (\d+)$/m.exec(this.#port.cgroups.get(path, 'cpu.stat') ?? '')?.[1];
    const peak = (file: string): number => Number(this.#port.cgroups.get(path, file) ?? 0);
    if (unit.isDown) unit.lastMemory = { memoryPeak: peak('memory.peak'), swapPeak: peak('memory.swap.peak') };
    this.#port.cgroups.remove(path);
    return Number(usage ?? 0);
  }
}

function signalFor(how: KillHow, unit: Unit): number {
  const { KillSignal, RestartKillSignal, FinalKillSignal, WatchdogSignal } = unit.config.settings;
  if (how === 'kill') return FinalKillSignal;
  if (how === 'watchdog') return WatchdogSignal;
  return how === 'restart' && RestartKillSignal !== 0 ? RestartKillSignal : KillSignal;
}
