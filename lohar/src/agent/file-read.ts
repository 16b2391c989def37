/**
 * One file to the host. A file is always ready, and epoll refuses it: credit alone holds it back, and as many full frames as
 * there is credit for go in one loop of the native part.
 */
import { ERRNO, O_NONBLOCK, O_RDONLY } from '@bhatti/runtime/linux/constants.ts';
import { type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { DATA_HEAD_SIZE } from '@bhatti/wire/frame.ts';
import { DATA_SIZE_MAX, WINDOW_TO_HOST_MAX } from '@bhatti/wire/limits.ts';
import { STDOUT } from '@bhatti/wire/messages.ts';
import { WRITABLE_TO_HOST_LEAST_MAX } from '@bhatti/wire/stream.ts';
import { asFileError, fileError } from './agent-errors.ts';
import type { AgentContext, GuestStream, RequestOf } from './context.ts';
import { absolute, fileStat, notRegular } from './files.ts';

/** Bytes that go before others get their turn: a portion of credit, 5 to 10 ms. */
const TURN_SIZE = WINDOW_TO_HOST_MAX / 2;

export function serveRead(context: AgentContext, stream: GuestStream, request: RequestOf<'file.read'>): void {
  const { sys } = context;
  const path = absolute('read', request.path);
  const action = `read ${path}`;
  const fd = asFileError(action, () => openForReading(sys, path, request.offset));
  const read = new FileRead(context, stream, fd, action, request.limit ?? Number.POSITIVE_INFINITY);
  stream.handle({ onWritable: () => read.go(), onClose: () => read.stop() });
  stream.message({ is: 'stat', stat: fileStat(sys, path, sys.fstat(fd)) });
  read.go();
}

/** Regular files only: a FIFO would never end, and a device could be anything. @throws BhattiError, SysError */
function openForReading(sys: Sys, path: string, offset: number): Fd {
  const fd = sys.open(path, O_RDONLY | O_NONBLOCK);
  try {
    const { type } = sys.fstat(fd);
    if (type === 'directory') throw new SysError(`read ${path}`, ERRNO.EISDIR, 'EISDIR');
    if (type !== 'file') throw notRegular(`read ${path}`);
    if (offset > 0 && sys.attempt('lseek', fd, offset, 0) < 0) throw notRegular(`read ${path} from byte ${offset}`);
    return fd;
  } catch (error) {
    sys.close(fd);
    throw error;
  }
}

class FileRead {
  readonly #context: AgentContext;
  readonly #stream: GuestStream;
  readonly #action: string;
  #fd: Fd | null;
  /** Bytes that are asked for and were not read. */
  #left: number;
  #scheduled = false;

  constructor(context: AgentContext, stream: GuestStream, fd: Fd, action: string, limit: number) {
    this.#context = context;
    this.#stream = stream;
    this.#fd = fd;
    this.#action = action;
    this.#left = limit;
  }

  /** Sends what there is credit for; the stream tells when there is more. */
  go(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#context.loop.after(0, () => {
      this.#scheduled = false;
      this.#turn();
    });
  }

  stop(): void {
    if (this.#fd !== null) this.#context.sys.close(this.#fd);
    this.#fd = null;
  }

  #turn(): void {
    for (let sent = 0; sent < TURN_SIZE; ) {
      const size = this.#step();
      if (size === 0) return;
      sent += size;
    }
    this.go();
  }

  /** @returns bytes that went; 0 when there is nothing more to do for now */
  #step(): number {
    if (this.#fd === null) return 0;
    const least = Math.min(this.#left || 1, WRITABLE_TO_HOST_LEAST_MAX); // it fills whatever frame it gets
    const room = Math.min(this.#stream.writable(STDOUT, least), this.#left);
    if (this.#left === 0) this.#end();
    if (room === 0) return 0;
    return this.#sendFrames(this.#fd, room) || this.#sendSome(this.#fd, Math.min(room, DATA_SIZE_MAX));
  }

  /** Full frames. @returns 0 when none can go so */
  #sendFrames(fd: Fd, room: number): number {
    const count = Math.floor(Math.min(room, TURN_SIZE) / DATA_SIZE_MAX);
    if (count === 0) return 0;
    const { refill, frame } = this.#context;
    const sent = this.#stream.writeFrames(STDOUT, frame, DATA_SIZE_MAX, (wrapped) => refill(wrapped, fd, count));
    if (sent === null) return 0;
    const size = sent.frames * DATA_SIZE_MAX + sent.held;
    this.#left -= size;
    this.#stream.writeInPlace(STDOUT, frame, sent.held);
    return size;
  }

  #sendSome(fd: Fd, room: number): number {
    const { frame, sys } = this.#context;
    let size = 0;
    try {
      size = sys.read(fd, frame.subarray(DATA_HEAD_SIZE, DATA_HEAD_SIZE + room));
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#end(error);
      return 0;
    }
    if (size === 0) this.#end();
    this.#left -= size;
    this.#stream.writeInPlace(STDOUT, frame, size);
    return size;
  }

  #end(error?: SysError): void {
    this.stop();
    this.#stream.close(error && fileError(this.#action, error));
  }
}
