/** What goes on over a re-execution of PID 1 once its host is there again. */
import type { GuestPoint, HostPoint } from '@bhatti/wire/messages.ts';
import type { Kept } from '../kept/kept.ts';
import type { AgentContext, GuestStream } from './context.ts';

const KEY = 'intake:';

export interface Resumable {
  /** Where this side is in the stream. */
  readonly point: GuestPoint;
  resume(stream: GuestStream, host: HostPoint): void;
  /** The host does not want it any more. */
  giveUp(): void;
}

/** Reads the records whose key begins with `key`; one that cannot be gone on with is dropped, and costs no other. */
export function restoreEach<T>(
  { hooks, kept }: AgentContext,
  key: string,
  restore: (text: string, id: string) => T,
): T[] {
  return [...kept.take(key)].flatMap(([id, text]) => {
    try {
      return [restore(text, id)];
    } catch (error) {
      hooks.log(`agent: cannot go on with ${key}${id}: ${String(error)}`);
      kept.remove(key + id);
      return [];
    }
  });
}

/** What came from the host on one stream and was obeyed; its bytes are counted by an OutputCopy. */
export class Intake {
  readonly id: number;
  readonly #kept: Kept;
  #messages = 0;
  #ended = false;

  constructor({ kept }: AgentContext, id: number) {
    this.#kept = kept;
    this.id = id;
    const text = kept.takeOne(`${KEY}${id}`);
    if (text === undefined) return;
    const [messages = 0, ended = 0] = JSON.parse(text) as number[];
    this.#messages = messages;
    this.#ended = ended === 1;
  }

  point(received: number): GuestPoint {
    return { id: this.id, messages: this.#messages, received, ended: this.#ended };
  }

  obeyed(): void {
    this.#messages++;
    this.#save();
  }

  ended(): void {
    this.#ended = true;
    this.#save();
  }

  forget(): void {
    this.#kept.remove(KEY + this.id);
  }

  #save(): void {
    this.#kept.put(KEY + this.id, JSON.stringify([this.#messages, this.#ended ? 1 : 0]));
  }
}
