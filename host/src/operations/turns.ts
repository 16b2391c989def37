/** One operation at a time that changes a sandbox; the others wait, but not for ever. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { cancelled } from './cancelled.ts';

/** Longer than a stop takes, shorter than anyone watches a prompt that does nothing. */
export const TURN_WAIT_MS = 20_000;

interface Turn {
  readonly doing: string;
  readonly over: Promise<void>;
}

export class Turns {
  readonly #turns = new Map<string, Turn>();
  readonly #waitMs: number;

  constructor(waitMs: number = TURN_WAIT_MS) {
    this.#waitMs = waitMs;
  }

  /** Settles when nobody has a turn: a daemon waits for it before it ends. */
  async idle(): Promise<void> {
    await Promise.all([...this.#turns.values()].map((turn) => turn.over));
  }

  /**
   * Runs `work` when no other turn of this sandbox is on. `doing` completes "it is being ...".
   * @throws BhattiError sandbox.busy after the wait, operation.cancelled when the signal aborts it
   */
  async take<T>(id: string, doing: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const deadline = AbortSignal.timeout(this.#waitMs);
    // No await may come between the last look at the map and the entry into it.
    for (let turn = this.#turns.get(id); turn !== undefined; turn = this.#turns.get(id)) {
      await endOf(turn, AbortSignal.any([deadline, signal]));
      if (signal.aborted) throw cancelled('change the sandbox');
      if (deadline.aborted && this.#turns.has(id)) throw busy(turn);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turns.set(id, { doing, over: promise });
    try {
      return await work();
    } finally {
      this.#turns.delete(id);
      resolve();
    }
  }
}

function endOf(turn: Turn, givenUp: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => {
    givenUp.removeEventListener('abort', done);
    resolve();
  };
  givenUp.addEventListener('abort', done, { once: true });
  turn.over.then(done);
  if (givenUp.aborted) done();
  return promise;
}

function busy(turn: Turn): BhattiError {
  return new BhattiError('sandbox.busy', `cannot change the sandbox: it is being ${turn.doing}`, {
    remedy: 'try again when that is done',
  });
}
