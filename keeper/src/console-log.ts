/** The serial console's file: grows to a limit, then loses its older half, so that a guest cannot fill the disk. */

import { O_APPEND, O_CREAT, O_RDWR, O_TRUNC } from '@bhatti/runtime/linux/constants.ts';
import type { Fd, Sys } from '@bhatti/runtime/sys.ts';

export class ConsoleLog {
  readonly #sys: Sys;
  readonly #path: string;
  readonly #limit: number;
  #fd: Fd;
  #size: number;

  /** Appends to what is there. @param limit bytes */
  constructor(sys: Sys, path: string, limit: number) {
    this.#sys = sys;
    this.#path = path;
    this.#limit = limit;
    this.#fd = sys.open(path, O_RDWR | O_CREAT | O_APPEND, 0o600);
    this.#size = sys.fstat(this.#fd).size;
  }

  /** A full disk loses console output, and nothing else. */
  append(bytes: Uint8Array): void {
    this.#size += Math.max(0, this.#sys.write(this.#fd, bytes));
    if (this.#size > this.#limit) this.#dropOlderHalf();
  }

  #dropOlderHalf(): void {
    const kept = new Uint8Array(Math.floor(this.#limit / 2));
    const size = this.#sys.pread(this.#fd, kept, this.#size - kept.length);
    const fresh = `${this.#path}.new`;
    const fd = this.#sys.open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0o600);
    this.#sys.write(fd, kept.subarray(0, size));
    this.#sys.rename(fresh, this.#path);
    this.#sys.close(this.#fd);
    this.#fd = fd;
    this.#size = size;
  }
}
