/**
 * A TCP connection to a port of the sandbox's own loopback: IPv4, and IPv6 when nobody listens there.
 *
 *   connecting --refused by both--> CLOSE with port.refused
 *   connecting --> connected: each direction ends by itself (END, shutdown); both ended: CLOSE; reset: CLOSE with port.reset
 *   connected, with a name --link lost--> waiting --resume--> connected; after PATIENCE_MS: closed
 */
import { errnoName } from '@bhatti/runtime/linux/errno.ts';
import { type Fd, SysError, type Timer } from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { STDERR, STDIN, STDOUT } from '@bhatti/wire/messages.ts';
import type { AgentContext, GuestStream, Lasting, RequestOf } from './context.ts';
import { Inflow } from './inflow.ts';
import { haveAll, mayLast, PATIENCE_MS } from './lasting.ts';
import { Outflow } from './outflow.ts';
import type { OutputCopy } from './output-copy.ts';

/** Whose connection it is in the words of a command: PID 1's. */
const OWN_PID = 1;
const ADDRESSES = ['127.0.0.1', '::1'] as const;

/** What the host sent before there was a connection, a window at most. */
interface Early {
  readonly bytes: Uint8Array[];
  ended: boolean;
}

export function serveConnect(context: AgentContext, stream: GuestStream, request: RequestOf<'connect'>): void {
  const { port } = request;
  let stop: () => void = () => undefined;
  const early: Early = { bytes: [], ended: false };
  stream.handle({
    onData: (channel, bytes) => {
      if (channel !== STDIN) stream.violate(`a connection has no channel ${channel}`);
      else early.bytes.push(bytes.slice());
    },
    onEnd: () => {
      early.ended = true;
    },
    onClose: () => stop(),
  });
  const attempt = (at: number): void => {
    const address = ADDRESSES[at];
    if (address === undefined) {
      stream.close(refused(port));
      return;
    }
    stop = tryAddress(context, address, port, (fd) => {
      if (fd === null) attempt(at + 1);
      else new Connection(context, fd, request).begin(stream, early);
    });
  };
  attempt(0);
}

/** @returns what gives it up */
function tryAddress(context: AgentContext, address: string, port: number, done: (fd: Fd | null) => void): () => void {
  const { sys, loop } = context;
  let fd: Fd;
  try {
    fd = sys.connectTcp(address, port);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    loop.defer(() => done(null));
    return () => undefined;
  }
  const watch = loop.watch(fd, 'out', () => {
    watch.stop();
    const failed = sys.socketError(fd) !== 0;
    if (failed) sys.close(fd);
    done(failed ? null : fd);
  });
  return () => {
    watch.stop();
    sys.close(fd);
  };
}

class Connection implements Lasting {
  readonly #context: AgentContext;
  readonly #fd: Fd;
  /** Each direction is watched by itself. */
  readonly #outFd: Fd;
  readonly #request: RequestOf<'connect'>;
  /** One, when it waits for its host. */
  readonly #copies: readonly OutputCopy[];
  #stream: GuestStream | null = null;
  #input: Inflow | null = null;
  #output: Outflow | null = null;
  #patience: Timer | null = null;
  #inputDone = false;
  #over = false;

  constructor(context: AgentContext, fd: Fd, request: RequestOf<'connect'>) {
    this.#context = context;
    this.#fd = fd;
    this.#outFd = context.sys.dup(fd);
    this.#request = request;
    const { keep } = request;
    const isLasting = mayLast(context, keep);
    this.#copies = isLasting ? [context.copies.create()] : [];
    if (isLasting) context.lasting.set(keep, this);
  }

  begin(stream: GuestStream, early: Early): void {
    stream.message(this.#request.keep === undefined ? { is: 'connected' } : { is: 'started', pid: OWN_PID });
    const input = this.#attach(stream, 0);
    for (const bytes of early.bytes) input.take(bytes);
    if (early.ended) input.finish();
  }

  has(received: readonly number[]): boolean {
    return haveAll(this.#copies, received);
  }

  goOn(stream: GuestStream, [received = 0]: readonly number[]): void {
    stream.message({ is: 'started', pid: OWN_PID, given: this.#copies[0]?.given ?? 0 });
    this.#attach(stream, received);
  }

  /** A fork has nobody at the other end. */
  orphan(): null {
    if (this.#stream === null) this.#cleanUp();
    return null;
  }

  /** @param sent bytes that the host has */
  #attach(stream: GuestStream, sent: number): Inflow {
    const [copy] = this.#copies;
    const copied = copy === undefined ? {} : { copy };
    const onDone = (error: SysError | null): void => this.#onInput(error);
    const onEnd = (error: SysError | null): void => this.#onOutput(error);
    const input = new Inflow(this.#context, this.#fd, { stream, channel: STDIN }, { onDone, ...copied });
    this.#stream = stream;
    this.#input = input;
    stream.handle({
      onData: (channel, bytes) => {
        if (channel !== STDIN) stream.violate(`a connection has no channel ${channel}`);
        else input.take(bytes);
      },
      onEnd: () => input.finish(),
      onWritable: () => this.#output?.wake(),
      onClose: (error) => {
        if (this.#stream !== stream) return;
        if (error?.code === 'link.lost' && this.#copies.length > 0) this.#lose();
        else this.#cleanUp();
      },
    });
    const also = { onEnd, sent, ...copied } as const;
    this.#output = new Outflow(this.#context, this.#outFd, { stream, channel: STDOUT }, also);
    return input;
  }

  #lose(): void {
    this.leaveHost();
    this.#patience = this.#context.loop.after(PATIENCE_MS, () => this.#cleanUp());
  }

  leaveHost(): GuestStream | null {
    const stream = this.#stream;
    this.#stream = null;
    this.#patience?.cancel();
    this.#input?.stop();
    this.#output?.stop();
    return stream;
  }

  #onInput(error: SysError | null): void {
    if (error) {
      this.#fail(error);
      return;
    }
    this.#inputDone = true;
    try {
      this.#context.sys.shutdownWrite(this.#fd);
    } catch (cause) {
      if (!(cause instanceof SysError)) throw cause; // ENOTCONN: the other side is gone already
    }
    this.#settle();
  }

  #onOutput(error: SysError | null): void {
    if (error) {
      this.#fail(error);
      return;
    }
    this.#stream?.end(STDOUT);
    if (this.#request.keep === undefined) {
      this.#settle();
      return;
    }
    // As of a command: the host closes the stream when it has passed that on, for the words may be lost on their way.
    this.#stream?.end(STDERR);
    this.#stream?.message({ is: 'exit', exit: { code: 0 } });
  }

  #settle(): void {
    if (this.#over || this.#request.keep !== undefined || !this.#inputDone || this.#output?.ended !== true) return;
    const stream = this.#stream;
    this.#cleanUp();
    stream?.close();
  }

  #fail(error: SysError): void {
    if (this.#over) return;
    const stream = this.#stream;
    this.#cleanUp();
    stream?.close(
      new BhattiError(
        'port.reset',
        `cannot keep the connection to port ${this.#request.port}: ${errnoName(error.errno)}`,
        {
          remedy: 'the program in the sandbox closed it: see its log',
        },
      ),
    );
  }

  #cleanUp(): void {
    if (this.#over) return;
    this.#over = true;
    this.#patience?.cancel();
    this.#input?.stop();
    this.#output?.stop();
    const { copies, lasting, sys } = this.#context;
    sys.close(this.#fd);
    const [copy] = this.#copies;
    if (copy === undefined) return; // the flow has closed its end
    sys.close(this.#outFd);
    copies.release(copy);
    lasting.delete(this.#request.keep ?? '');
  }
}

function refused(port: number): BhattiError {
  return new BhattiError('port.refused', `cannot connect to port ${port}: nothing listens there`, {
    remedy: 'bhatti exec SANDBOX -- ss -ltn shows what listens',
  });
}
