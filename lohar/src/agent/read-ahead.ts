/**
 * One read of a file that goes on while other things are done (io_submit(2)): while a block is sent, the disk is asked for the
 * next. Only past the page cache; what comes from it would be read before the call returns.
 */
import type { Fd, Sys } from '@bhatti/runtime/sys.ts';

// linux/aio_abi.h: struct iocb and struct io_event
const IOCB = { size: 64, opcode: 16, fd: 20, address: 24, count: 32, offset: 40 } as const;
const IOCB_CMD_PREADV = 7;
const EVENT = { size: 32, result: 16 } as const;

export class ReadAhead {
  readonly #sys: Sys;
  /** aio_context_t */
  readonly #queue: number;
  readonly #request = new Uint8Array(IOCB.size);
  /** What io_submit() takes: where the request lies. */
  readonly #requests = new Uint8Array(8);
  readonly #event = new Uint8Array(EVENT.size);
  #underWay = false;

  private constructor(sys: Sys, queue: number) {
    this.#sys = sys;
    this.#queue = queue;
    new DataView(this.#requests.buffer).setBigUint64(0, BigInt(sys.addressOf(this.#request)), true);
  }

  /** @returns null when the kernel has none left */
  static open(sys: Sys): ReadAhead | null {
    const queue = new Uint8Array(8);
    if (sys.attempt('io_setup', 1, queue) < 0) return null;
    return new ReadAhead(sys, Number(new DataView(queue.buffer).getBigUint64(0, true)));
  }

  /** Also false when the kernel refused it. */
  get underWay(): boolean {
    return this.#underWay;
  }

  /** Begins it; only when none is under way. The memory of `iovec` and what it points to must stay. */
  begin(fd: Fd, iovec: Uint8Array, count: number, at: number): void {
    const request = new DataView(this.#request.buffer);
    request.setUint16(IOCB.opcode, IOCB_CMD_PREADV, true);
    request.setUint32(IOCB.fd, fd, true);
    request.setBigUint64(IOCB.address, BigInt(this.#sys.addressOf(iovec)), true);
    request.setBigUint64(IOCB.count, BigInt(count), true);
    request.setBigInt64(IOCB.offset, BigInt(at), true);
    this.#underWay = this.#sys.attempt('io_submit', this.#queue, 1, this.#requests) === 1;
  }

  /** Waits for it. @returns bytes, 0 at the end of the file, or -errno */
  finish(): number {
    const got = this.#sys.attempt('io_getevents', this.#queue, 1, 1, this.#event, 0);
    this.#underWay = false;
    return got < 0 ? got : Number(new DataView(this.#event.buffer).getBigInt64(EVENT.result, true));
  }

  /** Waits for what is under way (io_destroy(2)): the kernel writes to its memory no more. */
  close(): void {
    this.#sys.attempt('io_destroy', this.#queue);
    this.#underWay = false;
  }
}
