/** The loop over the real kernel: one epoll_pwait, whose timeout is the earliest timer. Idle, it sleeps for ever. */
import { guard, monotonicMs, waitingCall } from 'native';
import { ERRNO, O_CLOEXEC } from '../linux/constants.ts';
import { attempt, check, view } from '../linux/kernel.ts';
import { numberOf } from '../linux/numbers.ts';
import { onArm } from '../linux/target.ts';
import type { Fd, Interest, Loop, Pid, Timer, WaitStatus, Watch } from '../sys.ts';
import { ChildExits } from './child-exits.ts';
import { Signals } from './signals.ts';
import { type Due, TimerHeap } from './timer-heap.ts';
import { WallClock } from './wall-clock.ts';

const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 1;
const EPOLLPRI = 2;
const EPOLLOUT = 4;
const EPOLLERR = 8;
const EPOLLHUP = 16;
const EPOLLRDHUP = 0x2000;
const EPOLLET = 2 ** 31;
const EVENTS: Readonly<Record<Interest, number>> = {
  none: 0,
  in: EPOLLIN | EPOLLRDHUP,
  out: EPOLLOUT,
  both: EPOLLIN | EPOLLRDHUP | EPOLLOUT,
  edge: EPOLLET + (EPOLLIN | EPOLLRDHUP | EPOLLOUT),
  exceptional: EPOLLPRI,
  'edge-in': EPOLLET + (EPOLLIN | EPOLLRDHUP),
};
/** struct epoll_event is packed on x86-64 alone. */
const EVENT_SIZE = onArm ? 16 : 12;
const DATA_OFFSET = onArm ? 8 : 4;
const BATCH = 64;
const DEFERRED_PER_TURN = 10_000;
/** A longer sleep is cut in pieces: the argument is an int. */
const SLEEP_MAX_MS = 2 ** 31 - 1;
const QUIET_MS = 1000;

export interface Ready {
  readonly in: boolean;
  readonly out: boolean;
  readonly hangup: boolean;
}

interface OneTimer extends Due {
  readonly run: () => void;
}

export interface LoopOptions {
  /** A callback, with all the jobs it leaves, may take this long; 0: no limit. */
  readonly callbackLimitMs: number;
  /** What a callback threw or a promise was rejected with. */
  readonly onError: (error: unknown) => void;
  /** Called after each callback. */
  readonly afterCallback?: () => void;
  /** Called once when nothing has happened for QUIET_MS, and again after that when something has happened since. */
  readonly onQuiet?: (() => void) | undefined;
}

export class EpollLoop implements Loop {
  readonly #epoll: Fd = check(attempt('epoll_create1', O_CLOEXEC), 'make an epoll');
  readonly #options: LoopOptions;
  readonly #watches = new Map<number, (ready: Ready) => void>();
  readonly #timers = new TimerHeap<OneTimer>();
  #deferred: (() => void)[] = [];
  #nextDeferred = 0;
  #nextId = 1;
  /** Watches that wait for something; the signalfd's is not counted, since it would keep every loop going. */
  #active = 0;
  #stopped = false;
  /** onQuiet was called, and nothing has happened since. */
  #rests = false;
  readonly #wallClock = new WallClock(this);
  readonly #signals = new Signals(this, () => this.#active--);
  readonly #exits = new ChildExits(this.#signals, (run) => this.defer(run));

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  watch(fd: Fd, interest: Interest, on: (ready: Ready) => void): Watch {
    const id = this.#nextId++;
    let current = interest;
    // An interest of none still reports errors, again and again: such a descriptor is not in the epoll at all.
    if (current !== 'none') this.#control(EPOLL_CTL_ADD, fd, current, id);
    this.#watches.set(id, on);
    return {
      set: (next) => {
        if (next === current || !this.#watches.has(id)) return;
        if (next === 'none') this.#control(EPOLL_CTL_DEL, fd, next, id);
        else this.#control(current === 'none' ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, next, id);
        current = next;
      },
      stop: () => {
        if (this.#watches.delete(id) && current !== 'none') this.#control(EPOLL_CTL_DEL, fd, 'none', id);
      },
    };
  }

  #control(operation: number, fd: Fd, interest: Interest, id: number): void {
    const event = new Uint8Array(EVENT_SIZE);
    view(event).setUint32(0, EVENTS[interest], true);
    // A number of our own, not the descriptor, which may be closed and given out again within one batch.
    view(event).setFloat64(DATA_OFFSET, id, true);
    const result = attempt('epoll_ctl', this.#epoll, operation, fd, event);
    if (operation === EPOLL_CTL_DEL) this.#active--;
    // A closed descriptor has left the epoll by itself.
    if (operation === EPOLL_CTL_DEL && (result === -ERRNO.EBADF || result === -ERRNO.ENOENT)) return;
    check(result, 'watch', fd);
    if (operation === EPOLL_CTL_ADD) this.#active++;
  }

  after(ms: number, run: () => void): Timer {
    const timer: OneTimer = { at: monotonicMs() + Math.max(0, ms), index: -1, run };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.remove(timer) };
  }

  at(realtimeMs: number, run: () => void): Timer {
    return this.#wallClock.at(realtimeMs, run);
  }

  onClockSet(run: () => void): () => void {
    return this.#wallClock.onSet(run);
  }

  defer(run: () => void): void {
    this.#deferred.push(run);
  }

  onExit(pid: Pid, run: (status: WaitStatus) => void): void {
    this.#exits.onExit(pid, run);
  }

  onReap(run: (status: WaitStatus) => void): void {
    this.#exits.onReap(run);
  }

  onSignal(signal: number, run: () => void): void {
    this.#signals.on(signal, run);
  }

  /**
   * Returns when nothing is left to wait for, or after stop().
   * @throws what the engine throws when it is out of memory between two callbacks; run() again then goes on
   */
  run(): void {
    const events = new Uint8Array(BATCH * EVENT_SIZE);
    const at = view(events);
    this.#drain();
    while (!this.#stopped && this.#isBusy()) {
      const sleepMs = this.#sleepMs();
      const mayRest = !this.#rests && this.#options.onQuiet !== undefined && (sleepMs < 0 || sleepMs > QUIET_MS);
      const waitMs = mayRest ? QUIET_MS : sleepMs;
      const count = waitingCall(numberOf('epoll_pwait'), this.#epoll, events, BATCH, waitMs, 0, 8);
      this.#rests = mayRest && count === 0;
      if (this.#rests) this.#options.onQuiet?.();
      for (let i = 0; i < count; i++)
        this.#dispatch(at.getUint32(i * EVENT_SIZE, true), at.getFloat64(i * EVENT_SIZE + DATA_OFFSET, true));
      if (this.#timers.size > 0) this.#runTimers();
      this.#drain();
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Runs a callback so that nothing it does ends the loop. */
  call(run: () => void): void {
    const errors = guard(run, this.#options.callbackLimitMs);
    if (errors !== undefined) for (const error of errors) this.#report(error);
    this.#options.afterCallback?.();
  }

  #report(error: unknown): void {
    // What the reporter itself throws has nowhere to go.
    guard(() => this.#options.onError(error), 0);
  }

  #dispatch(bits: number, id: number): void {
    const on = this.#watches.get(id);
    if (on === undefined) return;
    const broken = (bits & (EPOLLERR | EPOLLHUP)) !== 0;
    this.call(() =>
      on({
        in: broken || (bits & (EPOLLIN | EPOLLRDHUP)) !== 0,
        out: (bits & (EPOLLOUT | EPOLLERR)) !== 0,
        hangup: broken || (bits & EPOLLRDHUP) !== 0,
      }),
    );
    this.#drain();
  }

  /** Only what was due when this began: a timer of 0 ms that sets itself again must not starve the descriptors. */
  #runTimers(): void {
    const now = monotonicMs();
    for (let timer = this.#timers.takeDue(now); timer !== undefined; timer = this.#timers.takeDue(now)) {
      this.call(timer.run);
      this.#drain();
    }
  }

  /** What is deferred for ever by itself gets a turn at a time, like everything else. */
  #drain(): void {
    for (let turn = 0; turn < DEFERRED_PER_TURN && this.#hasDeferred; turn++) {
      const run = this.#deferred[this.#nextDeferred++];
      if (!this.#hasDeferred) {
        this.#deferred = [];
        this.#nextDeferred = 0;
      }
      if (run !== undefined) this.call(run);
    }
  }

  get #hasDeferred(): boolean {
    return this.#nextDeferred < this.#deferred.length;
  }

  #isBusy(): boolean {
    return this.#hasDeferred || this.#active > 0 || this.#timers.size > 0 || this.#exits.waiting;
  }

  #sleepMs(): number {
    if (this.#hasDeferred) return 0;
    const first = this.#timers.first;
    if (first === undefined) return -1;
    // Rounded up: waking a moment too early would mean waking twice.
    return Math.min(SLEEP_MAX_MS, Math.max(0, Math.ceil(first.at - monotonicMs())));
  }
}
