/** Stands in for Node's standard output and error: written at once, whatever they are. */
import { attempt } from '@bhatti/runtime/linux/kernel.ts';
import { AGAIN, SysError } from '@bhatti/runtime/sys.ts';
import { own } from '../own.ts';

const POLLOUT = 4;
/** Of a pipe that nobody reads any more, Node's own end. */
const EXIT_UNHEARD = 1;

export class Output {
  readonly #fd: number;
  readonly #onError: ((error: Error) => void)[] = [];

  constructor(fd: number) {
    this.#fd = fd;
  }

  get isTTY(): boolean {
    return own().sys.windowSize(this.#fd) !== null;
  }

  on(_: 'error', run: (error: Error) => void): void {
    this.#onError.push(run);
  }

  once(_: 'drain', run: () => void): void {
    run();
  }

  /** @returns true: there is always room for more */
  write(data: string | Uint8Array): boolean {
    const { sys } = own();
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    try {
      for (let at = 0; at < bytes.length; ) {
        const size = sys.write(this.#fd, bytes.subarray(at));
        if (size === AGAIN) this.#wait();
        else at += size;
      }
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      for (const run of this.#onError) run(error);
      sys.exit(EXIT_UNHEARD);
    }
    return true;
  }

  /** Somebody else made the descriptor non-blocking. */
  #wait(): void {
    const poll = new Int32Array([this.#fd, POLLOUT]);
    attempt('ppoll', new Uint8Array(poll.buffer), 1, 0, 0, SIGSET_SIZE);
  }
}

const SIGSET_SIZE = 8;
