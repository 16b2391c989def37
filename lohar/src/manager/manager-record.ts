/** What the manager itself must know after PID 1 executed itself anew, in one record. */
import type { Fd } from '@bhatti/runtime/sys.ts';
import type { Kept } from '../kept/kept.ts';

const KEY = 'manager';

export interface ManagerFacts {
  /** Has default.target been reached? */
  readonly booted: boolean;
  /** Of set-environment. */
  readonly environment: readonly string[];
  readonly logLevel: number;
  /** When the first image began, ms since 1970. */
  readonly startedMs: number;
  /** The same moment by the monotonic clock. */
  readonly startupUsec: number;
  /** Listening sockets; -1: not yet. */
  readonly notify: Fd;
  readonly control: Fd;
}

export class ManagerRecord {
  readonly #kept: Kept;
  #facts: ManagerFacts;
  /** True: an image before this one left its facts. */
  readonly isResumed: boolean;

  constructor(kept: Kept, fresh: ManagerFacts) {
    this.#kept = kept;
    const text = kept.takeOne(KEY);
    this.isResumed = text !== undefined;
    this.#facts = text === undefined ? fresh : (JSON.parse(text) as ManagerFacts);
  }

  get facts(): ManagerFacts {
    return this.#facts;
  }

  set(changes: Partial<ManagerFacts>): void {
    this.#facts = { ...this.#facts, ...changes };
    this.#kept.put(KEY, JSON.stringify(this.#facts));
  }

  /** The socket of before, or one that `make` opens; it survives from now on. */
  socket(name: 'notify' | 'control', make: () => Fd): Fd {
    const before = this.#facts[name];
    const fd = before >= 0 && this.#kept.isInherited(before) ? before : make();
    this.#kept.holdOpen(fd);
    this.set({ [name]: fd });
    return fd;
  }
}
