/**
 * The newest output of a program, in a file in memory that outlives PID 1's own re-execution. Its first page holds how many
 * bytes there were, and how many bytes of input the program was given; byte `n` lies at `n` modulo RING_SIZE behind it.
 */
import type { Fd, Sys } from '@bhatti/runtime/sys.ts';
import { WINDOW_TO_HOST } from '@bhatti/wire/limits.ts';
import type { Kept } from '../kept/kept.ts';

/** Output of a session that is kept for replay. */
export const SCROLLBACK_SIZE = 128 * 1024;
/** What a host may not have got yet, and a scrollback. */
const RING_SIZE = WINDOW_TO_HOST + SCROLLBACK_SIZE;
const HEADER_SIZE = 4096;
const COUNT_SIZE = 8;
const GIVEN_AT = COUNT_SIZE;
/** Empty files that are kept for the next programs. */
const SPARE_MAX = 8;

type CopySys = Pick<Sys, 'readKept' | 'writeKept' | 'pread' | 'pwrite' | 'ftruncate' | 'memfd' | 'close'>;

export class OutputCopies {
  readonly #sys: CopySys;
  readonly #kept: Kept;
  readonly #spare: Fd[] = [];

  constructor(sys: CopySys, kept: Kept) {
    this.#sys = sys;
    this.#kept = kept;
  }

  create(): OutputCopy {
    const fd = this.#spare.pop() ?? this.#sys.memfd('bhatti-output');
    this.#kept.holdOpen(fd);
    return new OutputCopy(this.#sys, fd, 0, 0);
  }

  /** The copy of an image of PID 1 before this one. */
  adopt(fd: Fd): OutputCopy {
    this.#kept.holdOpen(fd);
    const counts = new Uint8Array(2 * COUNT_SIZE); // all zero before the first byte
    this.#sys.pread(fd, counts, 0);
    const [end = 0n, given = 0n] = new BigUint64Array(counts.buffer);
    return new OutputCopy(this.#sys, fd, Number(end), Number(given));
  }

  release({ fd }: OutputCopy): void {
    this.#kept.letGo(fd);
    if (this.#spare.length < SPARE_MAX) {
      this.#sys.ftruncate(fd, 0);
      this.#spare.push(fd);
    } else this.#sys.close(fd);
  }
}

export class OutputCopy {
  readonly fd: Fd;
  readonly #sys: CopySys;
  #end: number;
  #given: number;

  /** Made by OutputCopies only. */
  constructor(sys: CopySys, fd: Fd, end: number, given: number) {
    this.#sys = sys;
    this.fd = fd;
    this.#end = end;
    this.#given = given;
  }

  /** Bytes of input that the program was given, or that were dropped. */
  get given(): number {
    return this.#given;
  }

  /** Input for the program; as Sys.writeMany(). */
  give(to: Fd, bytes: Uint8Array): number {
    const size = this.#sys.writeKept(to, bytes, this.fd, this.#given);
    if (size > 0) this.#given += size;
    return size;
  }

  setGiven(count: number): void {
    this.#given = count;
    this.#sys.pwrite(this.fd, new Uint8Array(BigUint64Array.of(BigInt(count)).buffer), GIVEN_AT);
  }

  /** Number of the byte that comes next. */
  get end(): number {
    return this.#end;
  }

  /** True when all bytes from number `at` on are there. */
  has(at: number): boolean {
    return at <= this.#end && this.#end - at <= RING_SIZE;
  }

  /** Reads from a program's output; as Sys.read(). */
  take(from: Fd, into: Uint8Array): number {
    const size = this.#sys.readKept(from, into, this.fd, this.#end, RING_SIZE);
    if (size > 0) this.#end += size;
    return size;
  }

  /** @returns how many bytes from number `at` on are now in `into`: at least one, when there is one */
  read(at: number, into: Uint8Array): number {
    const place = at % RING_SIZE;
    const size = Math.min(into.length, this.#end - at, RING_SIZE - place);
    return this.#sys.pread(this.fd, into.subarray(0, size), HEADER_SIZE + place);
  }
}
