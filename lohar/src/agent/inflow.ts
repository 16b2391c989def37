/**
 * Channel of a stream -> descriptor. Gives credit back when the bytes are written, so that a window at most is kept; the
 * window is widened when its reader has proved to read.
 */
import { F_SETPIPE_SZ } from '@bhatti/runtime/linux/constants.ts';
import { AGAIN, type Fd, SysError, type Watch } from '@bhatti/runtime/sys.ts';
import type { AgentContext } from './context.ts';
import { type Target, WIDE_MAX, WIDE_PIPE_SIZE } from './flow.ts';
import type { OutputCopy } from './output-copy.ts';

/** Input that was read so far without a wide window. */
const PROOF_SIZE = 128 * 1024;

export class Inflow {
  readonly #context: AgentContext;
  readonly #fd: Fd;
  readonly #target: Target;
  readonly #onDone: (error: SysError | null) => void;
  readonly #copy: OutputCopy | null;
  /** Bytes of the stream so far that are done with. */
  #taken = 0;
  readonly #watch: Watch;
  #pending: Uint8Array[] = [];
  #finishing = false;
  #done = false;
  #written = 0;
  #wide = false;

  /**
   * `onDone` is called once, when all bytes before finish() are written or with the error that ended it; not after
   * stop(). The descriptor stays the caller's: a terminal and a socket live on when their input has ended.
   */
  constructor(
    context: AgentContext,
    fd: Fd,
    target: Target,
    also: {
      onDone: (error: SysError | null) => void;
      /** Counts what is written, or dropped. */
      copy?: OutputCopy;
    },
  ) {
    this.#copy = also.copy ?? null;
    this.#taken = this.#copy?.given ?? 0;
    this.#context = context;
    this.#fd = fd;
    this.#target = target;
    this.#onDone = also.onDone;
    this.#watch = context.loop.watch(fd, 'none', () => this.#flush());
  }

  /** Bytes of the stream; after an error they are dropped, so that the sender never hangs. */
  take(bytes: Uint8Array): void {
    let at = 0;
    if (!this.#done && this.#pending.length === 0) {
      const written = this.#write(bytes);
      if (written !== null) at = written;
    }
    const kept = this.#done ? 0 : bytes.length - at;
    if (kept > 0) {
      this.#pending.push(bytes.slice(at));
      this.#watch.set('out');
    }
    this.#consumed(bytes.length - kept);
  }

  /** The stream has ended. */
  finish(): void {
    this.#finishing = true;
    if (this.#pending.length === 0) this.#end(null);
  }

  /** Ends without onDone. */
  stop(): void {
    if (this.#done) return;
    this.#done = true;
    this.#pending = [];
    this.#watch.stop();
    if (this.#wide) this.#context.wide.count--;
  }

  #flush(): void {
    for (let first = this.#pending[0]; first && !this.#done; first = this.#pending[0]) {
      const written = this.#write(first);
      if (written === null) return;
      this.#consumed(written);
      if (written < first.length) {
        this.#pending[0] = first.subarray(written);
        return;
      }
      this.#pending.shift();
    }
    if (this.#done) return;
    this.#watch.set('none');
    if (this.#finishing) this.#end(null);
  }

  /** @returns bytes written; null when that failed, which ends it */
  #write(bytes: Uint8Array): number | null {
    try {
      const written = this.#copy?.give(this.#fd, bytes) ?? this.#context.sys.writeMany(this.#fd, bytes);
      return written === AGAIN ? 0 : written;
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#consumed(this.#pending.reduce((size, part) => size + part.length, 0));
      this.#end(error);
      return null;
    }
  }

  #consumed(size: number): void {
    const { stream, channel } = this.#target;
    if (size === 0) return;
    this.#taken += size;
    if (this.#copy !== null && this.#copy.given < this.#taken) this.#copy.setGiven(this.#taken); // dropped
    stream.consumed(channel, size);
    this.#written += size;
    if (this.#wide || this.#written < PROOF_SIZE || this.#done || this.#context.wide.count >= WIDE_MAX) return;
    this.#wide = true;
    this.#context.wide.count++;
    this.#context.sys.attempt('fcntl', this.#fd, F_SETPIPE_SZ, WIDE_PIPE_SIZE);
    stream.widen(channel);
  }

  #end(error: SysError | null): void {
    if (this.#done) return;
    this.stop();
    this.#onDone(error);
  }
}
