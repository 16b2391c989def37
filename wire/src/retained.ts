/** What a host sent on a stream, as far as a guest that begins anew may have to be told it again. */
import { MESSAGES_MAX, WINDOW_TO_GUEST_MAX } from './limits.ts';
import type { HostMessage } from './messages.ts';

export class Retained {
  /** The newest bytes: a guest has not dealt with a window of them at most. */
  readonly #chunks: Uint8Array[] = [];
  #start = 0;
  #end = 0;
  readonly #messages: HostMessage[] = [];
  #messageCount = 0;

  /** Bytes ever sent. */
  get size(): number {
    return this.#end;
  }

  data(bytes: Uint8Array): void {
    this.#chunks.push(bytes.slice());
    this.#end += bytes.length;
    for (let first = this.#chunks[0]; first !== undefined; first = this.#chunks[0]) {
      if (this.#end - this.#start - first.length < WINDOW_TO_GUEST_MAX) return;
      this.#start += first.length;
      this.#chunks.shift();
    }
  }

  message(message: HostMessage): void {
    this.#messageCount++;
    this.#messages.push(message);
    if (this.#messages.length > MESSAGES_MAX) this.#messages.shift();
  }

  /** Bytes from number `from` on. */
  bytesFrom(from: number): Uint8Array[] {
    let at = this.#start;
    const found: Uint8Array[] = [];
    for (const chunk of this.#chunks) {
      if (at + chunk.length > from) found.push(chunk.subarray(Math.max(0, from - at)));
      at += chunk.length;
    }
    return found;
  }

  /** Messages but the first `count`. */
  messagesFrom(count: number): readonly HostMessage[] {
    const first = this.#messageCount - this.#messages.length;
    return this.#messages.slice(Math.max(0, count - first));
  }
}
