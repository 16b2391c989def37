/** Runs the commands of one directive of a socket, mount or swap, one after the other, each within TimeoutSec=. */
import type { Timer, WaitStatus } from '@bhatti/runtime/sys.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { UnitResult } from '../unit/model.ts';
import { type CommandKind, INITIAL } from '../unit/service/state.ts';
import { exitStatusName } from '../unit/value/exit-status.ts';
import { signalName } from '../unit/value/signal.ts';
import type { UnitRunnerPort } from './unit-runner.ts';

export interface Running {
  readonly kind: CommandKind;
  readonly index: number;
  readonly pid: number;
}

function howEnded(status: WaitStatus): string {
  if (!('code' in status)) return `code=killed, status=${status.signal}/${signalName(status.signal)}`;
  return `code=exited, status=${status.code}/${exitStatusName(status.code) ?? 'n/a'}`;
}

export interface CommandWords {
  /** Whose process it is: 'Control process'. */
  readonly name: string;
  timeoutUsec(): number;
  timedOut(): string;
  changed(): void;
}

export class ControlCommands {
  readonly #unit: Unit;
  readonly #port: UnitRunnerPort;
  readonly #words: CommandWords;
  #running: Running | null = null;
  #timer: Timer | null = null;
  #timedOut = false;
  #done: (result: UnitResult) => void = () => {};

  constructor(unit: Unit, port: UnitRunnerPort, words: CommandWords) {
    this.#unit = unit;
    this.#port = port;
    this.#words = words;
  }

  get running(): Running | null {
    return this.#running;
  }

  /** @param done told once, at once if there is nothing to run */
  run(kind: CommandKind, done: (result: UnitResult) => void): void {
    this.#done = done;
    this.#next(kind, 0);
  }

  /** Goes on with a command that the image of PID 1 before this one began. */
  resume(running: Running, done: (result: UnitResult) => void): void {
    this.#done = done;
    this.#set(running);
    this.#arm();
    if (!this.#port.world.alive(running.pid)) this.#ended('success');
  }

  #set(running: Running | null): void {
    const pids = (one: Running | null): number[] => (one === null ? [] : [one.pid]);
    this.#port.pidsChanged(this.#unit, pids(this.#running), pids(running));
    this.#running = running;
    this.#words.changed();
  }

  #arm(): void {
    this.#timedOut = false;
    const usec = this.#words.timeoutUsec();
    if (usec === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#port.loop.after(usec / 1000, () => {
      this.#timedOut = true;
      this.#port.log(this.#unit, 4, this.#words.timedOut());
      this.stop();
    });
  }

  /** Ends the command that runs; its end is told as any other. */
  stop(): void {
    const { pid = 0 } = this.#running ?? {};
    if (pid !== 0) this.#port.world.kill(this.#unit, 'kill', { ...INITIAL, controlPid: pid });
  }

  #next(kind: CommandKind, index: number): void {
    if (this.#unit.config.settings[kind][index] === undefined) {
      this.#finish('success');
      return;
    }
    this.#port.world.begin(this.#unit);
    const launched = this.#port.world.launch(this.#unit, 'control', { kind, index }, INITIAL);
    if (!launched.ok) {
      this.#port.log(this.#unit, 4, `Failed to run '${kind}' task: ${launched.why}`);
      this.#finish('resources');
      return;
    }
    this.#set({ kind, index, pid: launched.pid });
    this.#arm();
    if (launched.executed) return;
    const { pid, status, why } = launched;
    this.#port.loop.defer(() => {
      if (why !== null) this.#port.log(this.#unit, 3, why);
      this.exited({ pid, code: status });
    });
  }

  exited(status: WaitStatus): void {
    const { pid, kind, index } = this.#running ?? { pid: 0, kind: 'ExecStartPre', index: 0 };
    if (pid !== status.pid) return;
    const isFine = 'code' in status ? status.code === 0 : false;
    const ignored = this.#unit.config.settings[kind as CommandKind][index]?.ignoreFailure === true;
    if (!isFine) this.#port.log(this.#unit, 5, `${this.#words.name} exited, ${howEnded(status)}`);
    const result: UnitResult = this.#timedOut ? 'timeout' : 'code' in status ? 'exit-code' : 'signal';
    this.#ended(isFine || ignored ? 'success' : result);
  }

  #ended(result: UnitResult): void {
    this.#timer?.cancel();
    const { kind, index } = this.#running ?? { kind: 'ExecStartPre' as const, index: 0 };
    this.#set(null);
    if (result === 'success') this.#next(kind, index + 1);
    else this.#finish(result);
  }

  #finish(result: UnitResult): void {
    const done = this.#done;
    this.#done = () => {};
    done(result);
  }

  dispose(): void {
    this.#timer?.cancel();
  }
}
