/** Signals through a signalfd: no handler ever interrupts anything. */
import { O_CLOEXEC, O_NONBLOCK } from '../linux/constants.ts';
import { attempt, check, view } from '../linux/kernel.ts';
import type { Fd, Loop } from '../sys.ts';

const SIG_BLOCK = 0;
const SIGSET_SIZE = 8;
const INFO_SIZE = 128;
const BATCH = 16;

export class Signals {
  readonly #loop: Loop;
  readonly #onFirst: () => void;
  readonly #handlers = new Map<number, (() => void)[]>();
  #fd: Fd = -1;

  /** @param onFirst called once, when the signalfd is watched */
  constructor(loop: Loop, onFirst: () => void) {
    this.#loop = loop;
    this.#onFirst = onFirst;
  }

  on(signal: number, run: () => void): void {
    const handlers = this.#handlers.get(signal);
    if (handlers !== undefined) {
      handlers.push(run);
      return;
    }
    this.#handlers.set(signal, [run]);
    const mask = new Uint8Array(SIGSET_SIZE);
    for (const each of this.#handlers.keys())
      mask[(each - 1) >> 3] = (mask[(each - 1) >> 3] ?? 0) | (1 << ((each - 1) & 7));
    check(attempt('rt_sigprocmask', SIG_BLOCK, mask, 0, SIGSET_SIZE), 'block signals');
    const before = this.#fd;
    this.#fd = check(attempt('signalfd4', before, mask, SIGSET_SIZE, O_CLOEXEC | O_NONBLOCK), 'make a signalfd');
    if (before >= 0) return;
    this.#onFirst();
    this.#loop.watch(this.#fd, 'in', () => this.#read());
  }

  /** struct signalfd_siginfo, the signal's number first. */
  #read(): void {
    const info = new Uint8Array(BATCH * INFO_SIZE);
    const size = attempt('read', this.#fd, info, info.length);
    for (let offset = 0; offset + INFO_SIZE <= size; offset += INFO_SIZE) {
      const signal = view(info).getUint32(offset, true);
      // Each on its own: what one throws must not swallow the others.
      for (const run of this.#handlers.get(signal) ?? []) this.#loop.defer(run);
    }
  }
}
