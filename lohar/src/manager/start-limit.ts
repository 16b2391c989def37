/** StartLimitBurst= starts within StartLimitIntervalSec=, and no more. Facts: systemd.unit(5); recordings b5, b15. */
import type { Unit } from '../unit/graph/unit.ts';

/** Starts that were counted, and since when. */
export interface StartWindow {
  beganUsec: number;
  count: number;
}

export class StartLimit {
  readonly #windows = new WeakMap<Unit, StartWindow>();
  readonly #nowUsec: () => number;

  constructor(nowUsec: () => number) {
    this.#nowUsec = nowUsec;
  }

  /** Counts one start, and notes on the unit when it is one too many. @returns false then */
  allows(unit: Unit): boolean {
    unit.startLimitHit = !this.#counts(unit);
    return !unit.startLimitHit;
  }

  #counts(unit: Unit): boolean {
    const { StartLimitIntervalSec: interval, StartLimitBurst: burst } = unit.config.settings;
    if (interval <= 0 || burst <= 0) return true;
    const now = this.#nowUsec();
    const window = this.#windows.get(unit);
    if (window === undefined || now >= window.beganUsec + interval) {
      this.#windows.set(unit, { beganUsec: now, count: 1 });
      return true;
    }
    if (window.count >= burst) return false;
    window.count++;
    return true;
  }

  windowOf(unit: Unit): StartWindow | null {
    return this.#windows.get(unit) ?? null;
  }

  restore(unit: Unit, window: StartWindow | null): void {
    if (window !== null) this.#windows.set(unit, window);
  }

  reset(unit: Unit): void {
    this.#windows.delete(unit);
  }
}
