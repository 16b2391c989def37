/**
 * Dead children: one SIGCHLD may stand for many of them.
 *
 * Each is told of first and reaped when that has been dealt with: a program that executes itself anew in between finds
 * the dead child again, and learns how it ended.
 */
import { SIGNALS } from '../linux/constants.ts';
import { peekDead, reapOne } from '../linux/processes.ts';
import type { Pid, WaitStatus } from '../sys.ts';
import type { Signals } from './signals.ts';

type OnStatus = (status: WaitStatus) => void;

export class ChildExits {
  readonly #signals: Signals;
  readonly #defer: (run: () => void) => void;
  readonly #awaited = new Map<Pid, OnStatus>();
  readonly #onReap: OnStatus[] = [];
  #listening = false;
  #dead: WaitStatus | null = null;

  constructor(signals: Signals, defer: (run: () => void) => void) {
    this.#signals = signals;
    this.#defer = defer;
  }

  get waiting(): boolean {
    return this.#awaited.size > 0 || this.#onReap.length > 0;
  }

  onExit(pid: Pid, run: OnStatus): void {
    this.#listen();
    this.#awaited.set(pid, run);
  }

  onReap(run: OnStatus): void {
    this.#listen();
    this.#onReap.push(run);
  }

  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    this.#signals.on(SIGNALS.CHLD, () => this.#reapAll());
    // A child may have died before the signal was blocked.
    this.#defer(() => this.#reapAll());
  }

  /** One at a time: the kernel shows the same dead child until it is reaped. */
  #reapAll(): void {
    if (this.#dead !== null) return;
    const dead = peekDead();
    this.#dead = dead;
    if (dead === null) return;
    const run = this.#awaited.get(dead.pid);
    this.#awaited.delete(dead.pid);
    if (run !== undefined) this.#defer(() => run(dead));
    for (const each of this.#onReap) this.#defer(() => each(dead));
    // What those defer is done before the second of these.
    this.#defer(() => this.#defer(() => this.#reaped(dead.pid)));
  }

  #reaped(pid: Pid): void {
    reapOne(pid);
    this.#dead = null;
    this.#reapAll();
  }
}
