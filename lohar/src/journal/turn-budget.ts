/**
 * How long the journal may work in one turn of the loop, all its descriptors together, so that PID 1 answers others
 * within milliseconds whatever its services write. A descriptor that finds the budget used up is left as it is; being
 * still readable it comes up again in the next turn.
 */
import type { Loop, Sys } from '@bhatti/runtime/sys.ts';

const TURN_MS = 15;

export class TurnBudget {
  readonly #sys: Pick<Sys, 'monotonicMs'>;
  readonly #loop: Pick<Loop, 'after'>;
  #since: number | null = null;

  constructor(sys: Pick<Sys, 'monotonicMs'>, loop: Pick<Loop, 'after'>) {
    this.#sys = sys;
    this.#loop = loop;
  }

  get left(): boolean {
    const now = this.#sys.monotonicMs();
    if (this.#since === null) {
      this.#since = now;
      // A timer that is due runs once a turn, after the descriptors.
      this.#loop.after(0, () => {
        this.#since = null;
      });
    }
    return now - this.#since < TURN_MS;
  }
}
