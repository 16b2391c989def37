/** One socket of a connection: bytes queued for it are sent as it takes them, and it is read only when wanted. */
import { AGAIN, type Fd, type Loop, type Sys, SysError, type Watch } from '@bhatti/runtime/sys.ts';

export const CHUNK_SIZE = 64 * 1024;

export interface HalfEvents {
  /** Valid until the callback returns. */
  onBytes(bytes: Uint8Array): void;
  /** All that was queued has been sent. */
  onSent(): void;
  /** The other side has ended, or the socket is broken. */
  onEnd(): void;
}

export class Half {
  readonly #sys: Sys;
  readonly #fd: Fd;
  readonly #events: HalfEvents;
  readonly #watch: Watch;
  readonly #buffer: Uint8Array;
  readonly #queue: Uint8Array[] = [];
  #reads = true;
  #open = true;

  /** @param buffer shared with others: it holds bytes only while a callback runs */
  constructor(sys: Sys, loop: Loop, fd: Fd, buffer: Uint8Array, events: HalfEvents) {
    this.#sys = sys;
    this.#fd = fd;
    this.#buffer = buffer;
    this.#events = events;
    this.#watch = loop.watch(fd, 'in', (ready) => this.#onReady(ready));
  }

  get idle(): boolean {
    return this.#queue.length === 0;
  }

  /** Keeps `bytes`. */
  send(bytes: Uint8Array): void {
    if (!this.#open) return;
    this.#queue.push(bytes);
    this.#flush();
  }

  /** Stops and resumes reading. */
  reads(on: boolean): void {
    this.#reads = on;
    this.#setInterest();
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#watch.stop();
    this.#sys.close(this.#fd);
  }

  #onReady(ready: { in: boolean; out: boolean; hangup: boolean }): void {
    if (ready.out) {
      this.#flush();
      if (this.#open && this.idle) this.#events.onSent();
    }
    if (this.#open && this.#reads && ready.in) this.#read();
    else if (this.#open && ready.hangup) this.#events.onEnd();
  }

  #read(): void {
    const count = this.#attempt(() => this.#sys.read(this.#fd, this.#buffer));
    if (count === AGAIN) return;
    if (count === 0) this.#events.onEnd();
    else this.#events.onBytes(this.#buffer.subarray(0, count));
  }

  #flush(): void {
    for (let bytes = this.#queue[0]; bytes !== undefined; bytes = this.#queue[0]) {
      const whole = bytes;
      const count = this.#attempt(() => this.#sys.write(this.#fd, whole));
      if (!this.#open) return;
      if (count === AGAIN) break;
      if (count < bytes.length) this.#queue[0] = bytes.subarray(count);
      else this.#queue.shift();
    }
    this.#setInterest();
  }

  /** A broken socket reads as one at its end. */
  #attempt(call: () => number): number {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#events.onEnd();
      return AGAIN;
    }
  }

  #setInterest(): void {
    if (!this.#open) return;
    if (this.#reads) this.#watch.set(this.idle ? 'in' : 'both');
    else this.#watch.set(this.idle ? 'none' : 'out');
  }
}
