/** One file to the host. A file is always ready, and epoll refuses it: credit alone holds it back. */
import { ERRNO, O_NONBLOCK, O_RDONLY } from '@bhatti/runtime/linux/constants.ts';
import { type Fd, type Stat, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { STDOUT } from '@bhatti/wire/messages.ts';
import { asFileError, fileError } from './agent-errors.ts';
import type { AgentContext, GuestStream, RequestOf } from './context.ts';
import { FileSource } from './file-source.ts';
import { absolute, fileStat, notRegular } from './files.ts';

/** Bytes that go before others get their turn: 10 to 25 ms. */
const TURN_SIZE = 4 * 1024 * 1024;

export function serveRead(context: AgentContext, stream: GuestStream, request: RequestOf<'file.read'>): void {
  const { sys } = context;
  const path = absolute('read', request.path);
  const action = `read ${path}`;
  const [fd, stat] = asFileError(action, () => openForReading(sys, path, request.offset));
  const source = new FileSource(context, stream, { fd, action, size: stat.size, ...request });
  const read = new FileRead(context, stream, action, source);
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
  #source: FileSource | null;
  #scheduled = false;

  constructor(context: AgentContext, stream: GuestStream, action: string, source: FileSource) {
    this.#context = context;
    this.#stream = stream;
    this.#action = action;
    this.#source = source;
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
    this.#source?.close();
    this.#source = null;
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
    const source = this.#source;
    if (source === null) return 0;
    const room = source.isDone ? 0 : this.#stream.writable(STDOUT, source.least);
    try {
      const sent = room === 0 ? 0 : source.send(room);
      if (source.isDone || (room > 0 && sent === 0)) this.#end();
      return sent;
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      this.#end(error);
      return 0;
    }
  }

  #end(error?: SysError): void {
    this.stop();
    this.#stream.close(error && fileError(this.#action, error));
  }
}
