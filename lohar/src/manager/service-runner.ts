/** Carries out what the state machine of one service decides and feeds back what came of it. Decides nothing itself. */
import type { Loop, Timer } from '@bhatti/runtime/sys.ts';
import type { Stamp, Unit } from '../unit/graph/unit.ts';
import type { ActiveState, Priority, ServiceSubState } from '../unit/model.ts';
import {
  activeOf,
  type Effect,
  INITIAL,
  type KillState,
  type Pending,
  type ServiceEvent,
  type ServiceState,
  type Surroundings,
} from '../unit/service/state.ts';
import { step } from '../unit/service/step.ts';
import type { KillHow, ServiceWorld } from './service-world.ts';

/** Events that one event may lead to before the next turn: more means the machine runs in a circle. */
const CHAIN_MAX = 1000;

export interface RunnerPort {
  readonly world: ServiceWorld;
  readonly loop: Loop;
  now(): Stamp;
  log(unit: Unit, priority: Priority, text: string): void;
  /** The unit's state is now this. */
  stateChanged(unit: Unit, sub: ServiceSubState, active: ActiveState, reloaded: boolean): void;
  queueRestart(unit: Unit): boolean;
  propagateReload(unit: Unit): void;
  /** Main and control process by pid, so that exits and notifications find the unit. */
  pidsChanged(unit: Unit, before: readonly number[], now: readonly number[]): void;
  beginRun(unit: Unit): void;
  /** Is there a system bus? */
  hasBus(): boolean;
  /** The state is to be kept for the next image of PID 1, soon or before anything else is done. */
  keep(unit: Unit): void;
  keepNow(unit: Unit): void;
}

export class ServiceRunner {
  readonly unit: Unit;
  state: ServiceState;
  readonly #port: RunnerPort;
  readonly #queue: ServiceEvent[] = [];
  #running = false;
  #timer: Timer | null = null;
  #watchdog: Timer | null = null;
  #pidFileWatch: (() => void) | null = null;

  constructor(unit: Unit, port: RunnerPort, state: ServiceState = INITIAL) {
    this.unit = unit;
    this.state = state;
    this.#port = port;
  }

  /** Takes an event through the machine, with all that its effects answer. */
  send(event: ServiceEvent): void {
    this.#queue.push(event);
    this.#drain();
  }

  #drain(): void {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let count = 0; count < CHAIN_MAX; count++) {
        const next = this.#queue.shift();
        if (next === undefined) return;
        this.#step(next);
      }
      this.#queue.length = 0;
      this.#port.log(this.unit, 3, 'Too many events at once, giving up.');
    } finally {
      this.#running = false;
    }
  }

  #step(event: ServiceEvent): void {
    const before = pidsOf(this.state);
    const [state, effects] = step(this.state, event, this.unit.config.settings, this.#surroundings());
    this.state = state;
    const now = pidsOf(state);
    if (before.join() !== now.join()) this.#port.pidsChanged(this.unit, before, now);
    if (state.pending !== null) this.#port.keepNow(this.unit);
    else this.#port.keep(this.unit);
    for (const effect of effects) this.#perform(effect);
  }

  #surroundings(): Surroundings {
    const { unit } = this;
    const { world } = this.#port;
    const type = unit.job?.type;
    return {
      now: this.#port.now(),
      job: type === undefined ? null : type === 'stop' || type === 'restart' ? type : 'other',
      hasBus: () => this.#port.hasBus(),
      populated: () => world.populated(unit),
      alive: (pid) => world.alive(pid),
      isAlien: (pid) => world.isAlien(pid),
      owner: (pid) => world.owner(pid, unit),
    };
  }

  /** Answers go to the front: they belong to this step. */
  #answer(event: ServiceEvent): void {
    this.#queue.unshift(event);
  }

  #perform(effect: Effect): void {
    const { unit } = this;
    const { world } = this.#port;
    switch (effect.do) {
      case 'state':
        this.#port.stateChanged(unit, effect.sub, effect.active, this.state.reloadResult === 'success');
        break;
      case 'log':
        this.#port.log(unit, effect.priority, effect.text);
        break;
      case 'spawn':
        this.#spawn(effect);
        break;
      case 'kill':
        this.#answer({ is: 'killed', wait: world.kill(unit, effect.how, this.state) });
        break;
      case 'signal':
        world.signal(effect.pid, effect.signal);
        break;
      case 'arm':
        this.#timer?.cancel();
        this.#timer = this.#arm(effect.atUsec, () => this.send({ is: 'timeout' }));
        break;
      case 'arm-watchdog':
        this.#watchdog?.cancel();
        this.#watchdog = this.#arm(effect.atUsec, () => this.send({ is: 'watchdog' }));
        break;
      case 'read-pid-file':
        this.#readPidFile(effect.warn, effect.during);
        break;
      case 'watch-pid-file':
        this.#watchPidFile(effect.on);
        break;
      case 'guess-main':
        this.#answer({ is: 'guessed', pid: world.guessMain(unit, this.state), alien: false });
        break;
      case 'begin':
        this.#port.beginRun(unit);
        world.begin(unit);
        break;
      case 'tell-left-over':
        world.tellLeftOver(unit);
        break;
      case 'release':
        world.release(unit, effect.restarting);
        break;
      case 'queue-restart':
        if (!this.#port.queueRestart(unit)) this.#answer({ is: 'restart-failed' });
        break;
      case 'condition':
        unit.conditionResult = effect.holds;
        break;
      case 'propagate-reload':
        this.#port.propagateReload(unit);
        break;
    }
  }

  #spawn(effect: Extract<Effect, { do: 'spawn' }>): void {
    const launched = this.#port.world.launch(this.unit, effect.role, effect.command, this.state);
    if (!launched.ok) {
      this.#answer({ is: 'spawn-failed', why: launched.why });
      return;
    }
    const { pid, executed } = launched;
    this.#answer({ is: 'spawned', pid, executed });
    // The end of a process that never became the program is news of the next turn, as any other.
    if (!launched.executed) {
      const { status, why } = launched;
      this.#port.loop.defer(() => {
        if (why !== null) this.#port.log(this.unit, 3, why);
        this.send({ is: 'exited', pid, code: 'exited', status });
      });
    }
  }

  #readPidFile(warn: boolean, during: string): void {
    const content = this.#port.world.readPidFile(this.unit, during);
    if ('pid' in content) {
      this.#answer({ is: 'pid-file', ...content });
      return;
    }
    if (warn) this.#port.log(this.unit, 6, content.wrong);
    this.#answer({ is: 'pid-file-bad' });
  }

  #watchPidFile(on: boolean): void {
    this.#pidFileWatch?.();
    this.#pidFileWatch = on
      ? this.#port.world.watchPidFile(this.unit, () => this.send({ is: 'pid-file-changed' }))
      : null;
  }

  #arm(atUsec: number, run: () => void): Timer | null {
    if (atUsec === Number.POSITIVE_INFINITY) return null;
    const ms = Math.max(0, (atUsec - this.#port.now().monotonicUsec) / 1000);
    return this.#port.loop.after(ms, run);
  }

  /**
   * Goes on with a state of the image of PID 1 before this one: its timers, and the question that had no answer yet.
   *
   * @param spawned the process that was asked for, if it is there
   */
  resume(spawned: number): void {
    const { watchdogUsec, watchdogAt, sub, timeoutAtUsec } = this.state;
    this.#timer = this.#arm(timeoutAtUsec, () => this.send({ is: 'timeout' }));
    const watched = watchdogUsec > 0 && watchdogUsec !== Number.POSITIVE_INFINITY && this.state.mainPid !== 0;
    if (watched)
      this.#watchdog = this.#arm(watchdogAt.monotonicUsec + watchdogUsec, () => this.send({ is: 'watchdog' }));
    this.#port.pidsChanged(this.unit, [], pidsOf(this.state));
    const active = activeOf(sub, this.unit.config.settings.Type === 'idle');
    if (this.unit.sub !== sub || this.unit.active !== active)
      this.#port.stateChanged(this.unit, sub, active, this.state.reloadResult === 'success');
    const { PIDFile } = this.unit.config.settings;
    if (PIDFile !== '' && (sub === 'start' || sub === 'start-post') && !this.state.mainKnown) this.#watchPidFile(true);
    if (spawned !== 0) this.send({ is: 'spawned', pid: spawned, executed: true });
    else if (this.state.pending !== null) this.#askAgain(this.state.pending);
    else if (sub === 'auto-restart-queued' && this.unit.job === null && !this.#port.queueRestart(this.unit))
      this.send({ is: 'restart-failed' });
  }

  #askAgain(pending: Pending): void {
    if (pending.for === 'spawn') this.#perform({ do: 'spawn', role: pending.role, command: pending.command });
    else if (pending.for === 'kill') this.#perform({ do: 'kill', how: this.#howToKill(pending.next) });
    else if (pending.for === 'pid-file') this.#perform({ do: 'read-pid-file', warn: true, during: this.state.sub });
    else this.#perform({ do: 'guess-main' });
    this.#drain();
  }

  #howToKill(next: KillState): KillHow {
    if (next.endsWith('watchdog')) return 'watchdog';
    if (next.endsWith('sigkill')) return 'kill';
    return this.unit.job?.type === 'restart' ? 'restart' : 'terminate';
  }

  /** daemon-reload: how commands ended is forgotten, but for the main process (lines 31, 159). */
  forgetCommands(): void {
    this.state = { ...this.state, commands: [] };
  }

  /** The unit leaves memory. */
  dispose(): void {
    this.#timer?.cancel();
    this.#watchdog?.cancel();
    this.#pidFileWatch?.();
  }
}

function pidsOf(state: ServiceState): number[] {
  return [state.mainPid, state.controlPid].filter((pid) => pid !== 0);
}
