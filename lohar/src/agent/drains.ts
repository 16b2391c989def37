/**
 * Output that nobody waits for any more: a program in the background still holds the pipe of an exec that is over. It is
 * read and dropped, so that the program does not die of SIGPIPE for a line in its log.
 */
import { AGAIN, type Fd, type Loop, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { Kept } from '../kept/kept.ts';

/** Pipes read at once; one more is closed instead. */
const DRAINS_MAX = 256;
const KEY = 'drain:';

export class Drains {
  readonly #sys: Sys;
  readonly #loop: Loop;
  readonly #kept: Kept;
  readonly #waste = new Uint8Array(16 * 1024);
  #count = 0;

  constructor(sys: Sys, loop: Loop, kept: Kept) {
    this.#sys = sys;
    this.#loop = loop;
    this.#kept = kept;
    for (const fd of kept.take(KEY).keys()) if (kept.isInherited(Number(fd))) this.add(Number(fd));
  }

  /** Takes the descriptor over and closes it at its end. */
  add(fd: Fd): void {
    if (this.#count >= DRAINS_MAX) {
      this.#sys.close(fd);
      return;
    }
    this.#count++;
    this.#kept.holdOpen(fd);
    this.#kept.put(KEY + fd, '');
    const watch = this.#loop.watch(fd, 'in', () => {
      if (this.#readSome(fd)) return;
      watch.stop();
      this.#kept.remove(KEY + fd);
      this.#kept.letGo(fd);
      this.#sys.close(fd);
      this.#count--;
    });
  }

  /** @returns false at the end */
  #readSome(fd: Fd): boolean {
    try {
      const size = this.#sys.read(fd, this.#waste);
      return size > 0 || size === AGAIN;
    } catch (error) {
      if (error instanceof SysError) return false;
      throw error;
    }
  }
}
