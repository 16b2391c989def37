import { AGAIN, type Fd, type Loop, type Sys, type Watch } from '@bhatti/runtime/sys.ts';

const READ_SIZE = 65_536;

/** A pipe whose bytes go on as soon as they come; closed at its end. */
export class Drain {
  readonly #sys: Sys;
  readonly #fd: Fd;
  readonly #take: (bytes: Uint8Array) => void;
  readonly #watch: Watch;
  readonly #buffer = new Uint8Array(READ_SIZE);
  #open = true;

  /** @param take the bytes are only valid during the call */
  constructor(sys: Sys, loop: Loop, fd: Fd, take: (bytes: Uint8Array) => void) {
    this.#sys = sys;
    this.#fd = fd;
    this.#take = take;
    this.#watch = loop.watch(fd, 'in', () => this.#once());
  }

  /** Takes what is in the pipe now; the writer is dead. */
  rest(): void {
    while (this.#open && this.#once() > 0);
  }

  #once(): number {
    const size = this.#sys.read(this.#fd, this.#buffer);
    if (size > 0) this.#take(this.#buffer.subarray(0, size));
    else if (size !== AGAIN) {
      this.#open = false;
      this.#watch.stop();
      this.#sys.close(this.#fd);
    }
    return size;
  }
}
