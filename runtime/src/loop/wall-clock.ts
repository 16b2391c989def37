/** Timers of CLOCK_REALTIME: one timerfd, which also tells when the clock was set (timerfd_create(2)). */
import { realtimeMs } from 'native';
import { timespec } from '../linux/clock.ts';
import { ERRNO, O_CLOEXEC, O_NONBLOCK } from '../linux/constants.ts';
import { attempt, check } from '../linux/kernel.ts';
import type { Fd, Loop, Timer, Watch } from '../sys.ts';
import { type Due, TimerHeap } from './timer-heap.ts';

const CLOCK_REALTIME = 0;
const TFD_TIMER_ABSTIME = 1;
const TFD_TIMER_CANCEL_ON_SET = 2;

interface WallTimer extends Due {
  readonly run: () => void;
}

export class WallClock {
  readonly #loop: Loop;
  readonly #timers = new TimerHeap<WallTimer>();
  readonly #onSet = new Set<() => void>();
  #fd: Fd = -1;
  #watch: Watch | undefined;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  at(ms: number, run: () => void): Timer {
    const timer: WallTimer = { at: ms, index: -1, run };
    this.#timers.add(timer);
    this.#arm();
    return {
      cancel: () => {
        this.#timers.remove(timer);
        this.#arm();
      },
    };
  }

  onSet(run: () => void): () => void {
    this.#onSet.add(run);
    return () => this.#onSet.delete(run);
  }

  #arm(): void {
    if (this.#fd < 0) {
      this.#fd = check(attempt('timerfd_create', CLOCK_REALTIME, O_CLOEXEC | O_NONBLOCK), 'make a timer');
      this.#watch = this.#loop.watch(this.#fd, 'none', () => this.#fire());
    }
    const first = this.#timers.first;
    // Watched only while a timer is set, so that an idle loop can end.
    this.#watch?.set(first === undefined ? 'none' : 'in');
    const setting = new Uint8Array(32);
    // A time of zero would disarm it: what is long past fires at once as well.
    if (first !== undefined) setting.set(timespec(Math.max(1, first.at)), 16);
    check(attempt('timerfd_settime', this.#fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, setting, 0), 'set a timer');
  }

  #fire(): void {
    // ECANCELED here says that the clock was set: whether one is due now is looked up in either case.
    const wasSet = attempt('read', this.#fd, new Uint8Array(8), 8) === -ERRNO.ECANCELED;
    const now = realtimeMs();
    for (let timer = this.#timers.takeDue(now); timer !== undefined; timer = this.#timers.takeDue(now))
      this.#loop.defer(timer.run);
    if (wasSet) for (const run of this.#onSet) this.#loop.defer(run);
    this.#arm();
  }
}
