/** The state under construction within one step, and the moves that every part of the machine uses. */
import type { Settings } from '../directive/tables.ts';
import type { Command } from '../exec/command.ts';
import type { Priority, ServiceSubState, UnitResult } from '../model.ts';
import type { Usec } from '../value/time-span.ts';
import {
  activeOf,
  type CommandRef,
  type CommandStatus,
  type Effect,
  type ExitCode,
  type Pending,
  type ServiceState,
  type Surroundings,
} from './state.ts';

const FOREVER = Number.POSITIVE_INFINITY;

/** States in which the unit's timer goes on. */
const TIMED: ReadonlySet<ServiceSubState> = new Set<ServiceSubState>([
  'condition',
  'start-pre',
  'start',
  'start-post',
  'running',
  'reload',
  'reload-signal',
  'reload-notify',
  'stop',
  'stop-watchdog',
  'stop-sigterm',
  'stop-sigkill',
  'stop-post',
  'final-watchdog',
  'final-sigterm',
  'final-sigkill',
  'auto-restart',
]);
const WITH_MAIN: ReadonlySet<ServiceSubState> = new Set(
  [...TIMED].filter((sub) => !['condition', 'start-pre', 'auto-restart'].includes(sub)),
);
const WITH_CONTROL: ReadonlySet<ServiceSubState> = new Set(
  [...TIMED].filter((sub) => !['running', 'auto-restart'].includes(sub)),
);
const WATCHED: ReadonlySet<ServiceSubState> = new Set<ServiceSubState>([
  'start-post',
  'running',
  'reload',
  'reload-signal',
  'reload-notify',
]);

export class Machine {
  state: ServiceState;
  readonly effects: Effect[] = [];
  readonly settings: Settings;
  readonly around: Surroundings;

  constructor(state: ServiceState, settings: Settings, around: Surroundings) {
    this.state = state;
    this.settings = settings;
    this.around = around;
  }

  set(changes: Partial<ServiceState>): void {
    this.state = { ...this.state, ...changes };
  }

  emit(effect: Effect): void {
    this.effects.push(effect);
  }

  log(priority: Priority, text: string): void {
    this.emit({ do: 'log', priority, text });
  }

  /** The first thing that went wrong is the result. */
  fail(result: UnitResult): void {
    if (this.state.result === 'success') this.set({ result });
  }

  /** Enters a state: what does not belong to it is forgotten. */
  enter(sub: ServiceSubState): void {
    if (this.state.sub === 'start' || this.state.sub === 'start-post') this.emit({ do: 'watch-pid-file', on: false });
    this.set({ sub });
    if (!TIMED.has(sub)) this.arm(FOREVER);
    if (!WITH_MAIN.has(sub)) this.set({ mainPid: 0, mainCommand: null });
    if (!WITH_CONTROL.has(sub)) this.set({ controlPid: 0, controlCommand: null });
    if (!WATCHED.has(sub)) this.emit({ do: 'arm-watchdog', atUsec: FOREVER });
    this.emit({ do: 'state', sub, active: activeOf(sub, this.settings.Type === 'idle') });
  }

  /** `span` from now; Infinity takes the timer away. */
  armAfter(span: Usec): void {
    this.arm(this.around.now.monotonicUsec + span);
  }

  arm(atUsec: Usec): void {
    this.set({ timeoutAtUsec: atUsec });
    this.emit({ do: 'arm', atUsec });
  }

  ask(pending: Pending, effect: Effect): void {
    this.set({ pending });
    this.emit(effect);
  }

  command(ref: CommandRef | null): Command | undefined {
    return ref === null ? undefined : this.settings[ref.kind][ref.index];
  }

  /** Runs a command; `next` is the state that the unit has once it runs. */
  spawn(role: 'main' | 'control', command: CommandRef, timeout: Usec, next: ServiceSubState): void {
    if (role === 'control') this.set({ controlPid: 0, controlCommand: command });
    else this.set({ mainCommand: command });
    this.armAfter(timeout);
    this.ask({ for: 'spawn', role, command, next }, { do: 'spawn', role, command });
  }

  /** Is the main process there? null: nobody knows who that is. */
  mainAlive(): boolean | null {
    const { mainKnown, mainPid, mainAlien } = this.state;
    if (!mainKnown) return mainPid === 0 ? null : true;
    if (mainPid === 0) return false;
    return mainAlien ? this.around.alive(mainPid) : true;
  }

  get controlAlive(): boolean {
    return this.state.controlPid !== 0;
  }

  setMain(pid: number, alien: boolean): void {
    const known = this.state.mainKnown && this.state.mainPid === pid;
    if (alien && !known)
      this.log(4, `Supervising process ${pid} which is not our child. We'll most likely not notice when it exits.`);
    const main =
      this.state.main.pid === pid && this.state.main.code === null
        ? this.state.main
        : {
            ...this.state.main,
            pid,
            start: this.around.now,
            exit: { realtimeUsec: 0, monotonicUsec: 0 },
            code: null,
            status: 0,
          };
    this.set({ mainPid: pid, mainKnown: true, mainAlien: alien, main });
  }

  /** Notes when a command began or how it ended. */
  record(command: CommandRef, pid: number, end: { code: ExitCode; status: number } | null): void {
    const others = this.state.commands.filter((one) => one.kind !== command.kind || one.index !== command.index);
    const before = this.state.commands.find((one) => one.kind === command.kind && one.index === command.index);
    const never = { realtimeUsec: 0, monotonicUsec: 0 };
    const one: CommandStatus = {
      kind: command.kind,
      index: command.index,
      pid,
      start: end !== null && before !== undefined ? before.start : this.around.now,
      exit: end === null ? never : this.around.now,
      code: end?.code ?? null,
      status: end?.status ?? 0,
    };
    this.set({ commands: [...others, one] });
  }
}
