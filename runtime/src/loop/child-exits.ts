/** Dead children: one SIGCHLD may stand for many of them. */
import { SIGNALS } from '../linux/constants.ts';
import { reap } from '../linux/processes.ts';
import type { Pid, WaitStatus } from '../sys.ts';
import type { Signals } from './signals.ts';

type OnStatus = (status: WaitStatus) => void;

export class ChildExits {
  readonly #signals: Signals;
  readonly #defer: (run: () => void) => void;
  readonly #awaited = new Map<Pid, OnStatus>();
  readonly #onReap: OnStatus[] = [];
  #listening = false;

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

  #reapAll(): void {
    for (let status = reap(); status !== null; status = reap()) {
      const dead = status;
      const run = this.#awaited.get(dead.pid);
      this.#awaited.delete(dead.pid);
      if (run !== undefined) this.#defer(() => run(dead));
      for (const each of this.#onReap) this.#defer(() => each(dead));
    }
  }
}
