/**
 * A TCP connection to a port of the sandbox's own loopback: IPv4, and IPv6 when nobody listens there.
 *
 *   connecting --refused by both--> CLOSE with port.refused
 *   connecting --> connected: each direction ends by itself (END, shutdown); both ended: CLOSE; reset: CLOSE with port.reset
 */
import { errnoName } from '@bhatti/runtime/linux/errno.ts';
import { type Fd, SysError } from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { STDIN, STDOUT } from '@bhatti/wire/messages.ts';
import type { AgentContext, GuestStream, RequestOf } from './context.ts';
import { Inflow, Outflow } from './pump.ts';

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
      else new Connection(context, stream, fd, port).begin(early);
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

class Connection {
  readonly #context: AgentContext;
  readonly #stream: GuestStream;
  readonly #fd: Fd;
  readonly #port: number;
  readonly #input: Inflow;
  readonly #output: Outflow;
  #inputDone = false;
  #over = false;

  constructor(context: AgentContext, stream: GuestStream, fd: Fd, port: number) {
    this.#context = context;
    this.#stream = stream;
    this.#fd = fd;
    this.#port = port;
    const outFd = context.sys.dup(fd); // each direction is watched by itself
    this.#input = new Inflow(
      context,
      fd,
      { stream, channel: STDIN },
      { kind: 'pollable', onDone: (error) => this.#onInput(error) },
    );
    const onEnd = (error: SysError | null): void => this.#onOutput(error);
    this.#output = new Outflow(context, outFd, { stream, channel: STDOUT }, { kind: 'pollable', onEnd });
    stream.handle({
      onData: (channel, bytes) => {
        if (channel !== STDIN) stream.violate(`a connection has no channel ${channel}`);
        else this.#input.take(bytes);
      },
      onEnd: () => this.#input.finish(),
      onWritable: () => this.#output.wake(),
      onClose: () => this.#cleanUp(),
    });
  }

  begin(early: Early): void {
    this.#stream.message({ is: 'connected' });
    for (const bytes of early.bytes) this.#input.take(bytes);
    if (early.ended) this.#input.finish();
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
    this.#stream.end(STDOUT);
    this.#settle();
  }

  #settle(): void {
    if (this.#over || !this.#inputDone || !this.#output.ended) return;
    this.#cleanUp();
    this.#stream.close();
  }

  #fail(error: SysError): void {
    if (this.#over) return;
    this.#cleanUp();
    this.#stream.close(
      new BhattiError('port.reset', `cannot keep the connection to port ${this.#port}: ${errnoName(error.errno)}`, {
        remedy: 'the program in the sandbox closed it: see its log',
      }),
    );
  }

  #cleanUp(): void {
    if (this.#over) return;
    this.#over = true;
    this.#input.stop();
    this.#output.stop();
    this.#context.sys.close(this.#fd);
  }
}

function refused(port: number): BhattiError {
  return new BhattiError('port.refused', `cannot connect to port ${port}: nothing listens there`, {
    remedy: 'bhatti exec SANDBOX -- ss -ltn shows what listens',
  });
}
