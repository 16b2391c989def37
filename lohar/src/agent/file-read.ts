/**
 * One file to the host. A file is always ready, and epoll refuses it: credit alone holds it back. A long one that is not in
 * the page cache stays out of it: the kernel would take longer to put it there than the disk takes.
 */
import { ERRNO, O_NONBLOCK, O_RDONLY } from '@bhatti/runtime/linux/constants.ts';
import { errnoName } from '@bhatti/runtime/linux/errno.ts';
import { type Fd, type Stat, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { WINDOW_TO_HOST_MAX } from '@bhatti/wire/limits.ts';
import { STDOUT } from '@bhatti/wire/messages.ts';
import { asFileError, fileError } from './agent-errors.ts';
import { ALIGNMENT, BLOCK_SIZE, setDirect } from './blocks.ts';
import type { AgentContext, GuestStream, RequestOf } from './context.ts';
import { CONTENT_SIZE, FileFrames } from './file-frames.ts';
import { absolute, fileStat, notRegular } from './files.ts';

/** A shorter file goes through one frame: the page faults of a block would take longer than the file. */
const LONG_SIZE = 2 * BLOCK_SIZE;
/** Bytes that go before others get their turn: a portion of credit, 5 to 10 ms. */
const TURN_SIZE = WINDOW_TO_HOST_MAX / 2;

export function serveRead(context: AgentContext, stream: GuestStream, request: RequestOf<'file.read'>): void {
  const { sys } = context;
  const path = absolute('read', request.path);
  const action = `read ${path}`;
  const [fd, stat] = asFileError(action, () => openForReading(sys, path, request.offset));
  const read = new FileRead(context, stream, { fd, action, size: stat.size, ...request });
  stream.handle({ onWritable: () => read.go(), onClose: () => read.stop() });
  stream.message({ is: 'stat', stat: fileStat(sys, path, stat) });
  read.go();
}

/** Regular files only: a FIFO would never end, and a device could be anything. @throws BhattiError, SysError */
function openForReading(sys: Sys, path: string, offset: number): [Fd, Stat] {
  const fd = sys.open(path, O_RDONLY | O_NONBLOCK);
  try {
    const stat = sys.fstat(fd);
    const { type } = stat;
    if (type === 'directory') throw new SysError(`read ${path}`, ERRNO.EISDIR, 'EISDIR');
    if (type !== 'file') throw notRegular(`read ${path}`);
    if (offset > 0 && sys.attempt('lseek', fd, offset, 0) < 0) throw notRegular(`read ${path} from byte ${offset}`);
    return [fd, stat];
  } catch (error) {
    sys.close(fd);
    throw error;
  }
}

class FileRead {
  readonly #context: AgentContext;
  readonly #stream: GuestStream;
  readonly #action: string;
  readonly #frames: FileFrames;
  #fd: Fd | null;
  /** Where the next byte comes from, and how many are asked for and were not read. */
  #at: number;
  #left: number;
  #direct = false;
  #scheduled = false;

  constructor(
    context: AgentContext,
    stream: GuestStream,
    what: { fd: Fd; action: string; size: number; offset: number; limit?: number },
  ) {
    this.#context = context;
    this.#stream = stream;
    this.#action = what.action;
    this.#fd = what.fd;
    this.#at = what.offset;
    this.#left = what.limit ?? Number.POSITIVE_INFINITY;
    const isLong = Math.min(this.#left, what.size - what.offset) >= LONG_SIZE;
    const block = isLong ? context.blocks.take() : null;
    this.#frames = new FileFrames(context.sys, stream, block ?? context.frame);
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
    if (this.#fd === null) return;
    this.#context.sys.close(this.#fd);
    this.#fd = null;
    if (this.#frames.isBlock) this.#context.blocks.giveBack();
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
    const { held } = this.#frames;
    const least = Math.min(held || this.#left || 1, CONTENT_SIZE); // it fills whatever frame it gets
    const room = this.#stream.writable(STDOUT, least);
    if (held === 0 && this.#left === 0) this.#end();
    if (room === 0 || (held === 0 && !this.#read(this.#fd, Math.min(room, this.#left)))) return 0;
    return this.#frames.send(this.#context);
  }

  /** Fills the frames. @returns false when it has ended */
  #read(fd: Fd, room: number): boolean {
    const size = Math.min(room, this.#frames.capacity);
    const whole = size - (size % CONTENT_SIZE) || size;
    this.#choose(fd, whole);
    let read = this.#frames.read(fd, whole);
    // A file system may take the flag and refuse the read.
    if (read === -ERRNO.EINVAL && this.#direct) {
      this.#leaveDirect(fd);
      read = this.#frames.read(fd, whole);
    }
    if (read <= 0) {
      this.#end(read < 0 ? new SysError(this.#action, -read, errnoName(-read)) : undefined);
      return false;
    }
    this.#at += read;
    this.#left -= read;
    return true;
  }

  /** Past the page cache or not, for the next `size` bytes. */
  #choose(fd: Fd, size: number): void {
    const mayBeDirect = this.#frames.isBlock && this.#at % ALIGNMENT === 0 && size % ALIGNMENT === 0;
    if (this.#direct && !mayBeDirect) this.#leaveDirect(fd);
    else if (!this.#direct && mayBeDirect && !this.#frames.isCached(fd, this.#at))
      this.#direct = setDirect(this.#context.sys, fd, true);
  }

  #leaveDirect(fd: Fd): void {
    setDirect(this.#context.sys, fd, false);
    this.#direct = false;
  }

  #end(error?: SysError): void {
    this.stop();
    this.#stream.close(error && fileError(this.#action, error));
  }
}
