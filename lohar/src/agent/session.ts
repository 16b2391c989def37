/**
 * A program whose output is kept, so that clients come and go: on a terminal, or with pipes (`--init`).
 *
 *   running --attach--> running with a client (the one before gets session.taken) --detach, stream closed--> running
 *   running --main process ends--> draining --output at its end, or LINGER_MS and empty--> exited: kept for a while
 *
 * All output goes through a ring that counts its bytes; a client is a place in it. Replay and live output are therefore
 * one thing, without gap or doubling. A client that does not read stops the program, as a terminal does; without a
 * client the oldest output is dropped.
 */
import { AGAIN, type Fd, SysError, type Timer, type WaitStatus, type Watch } from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { DATA_HEAD_SIZE } from '@bhatti/wire/frame.ts';
import { DATA_SIZE_MAX } from '@bhatti/wire/limits.ts';
import { type Exit, type HostMessage, type SessionInfo, STDIN, STDOUT } from '@bhatti/wire/messages.ts';
import { SIGKILL, SIGTERM } from '../unit/value/signal.ts';
import { parseSignalOrThrow } from './agent-errors.ts';
import type { AgentContext, GuestStream } from './context.ts';
import { GRACE_MS, LINGER_MS } from './exec.ts';
import { endTree, exitOf, type Launched } from './launch.ts';
import { Inflow, type Target } from './pump.ts';
import { Ring } from './ring.ts';

/** Output that is kept for replay. */
const SCROLLBACK_SIZE = 128 * 1024;
/** A client this far behind holds the program up. */
const BEHIND_MAX = SCROLLBACK_SIZE / 2;
/** Bytes of one read: less than what the ring has left when a client is as far behind as it may be. */
const READ_SIZE = SCROLLBACK_SIZE / 4;
/** Output of background programs that is still taken when they outlive the main process. */
const LAST_SIZE_MAX = 64 * 1024;
const ARGUMENTS_SHOWN = 32;
const ARGUMENT_SHOWN_SIZE = 256;

export interface SessionStart {
  readonly id: string;
  readonly argv: readonly string[];
  readonly timeoutMs?: number | undefined;
  readonly launched: Launched;
  readonly output: Fd;
  /** Where input goes: the same descriptor for a terminal, null when there is none. */
  readonly input: Fd | null;
  readonly tty: boolean;
}

interface Client {
  readonly stream: GuestStream;
  readonly input: Inflow | null;
  /** Number of the next byte it gets. */
  sent: number;
}

export class Session {
  readonly #context: AgentContext;
  readonly #start: SessionStart;
  readonly #startedMs: number;
  readonly #ring = new Ring(SCROLLBACK_SIZE);
  readonly #watch: Watch;
  readonly #timeout: Timer | null;
  #client: Client | null = null;
  #status: WaitStatus | null = null;
  #outputEnded = false;
  #timedOut = false;
  /** Once the main process is gone: bytes of others that are still waited for; an empty terminal is the end. */
  #lastBytes: number | null = null;
  #calmDown: () => void = () => undefined;

  constructor(context: AgentContext, start: SessionStart) {
    this.#context = context;
    this.#start = start;
    this.#startedMs = context.sys.realtimeMs();
    this.#watch = context.loop.watch(start.output, 'in', () => this.#read());
    context.loop.onExit(start.launched.pid, (status) => this.#onExit(status));
    const { timeoutMs } = start;
    this.#timeout = timeoutMs === undefined ? null : context.loop.after(timeoutMs, () => this.#onTimeout());
  }

  get info(): SessionInfo {
    const { id, argv, launched, tty } = this.#start;
    const exit = this.exit;
    return {
      id,
      argv: argv.slice(0, ARGUMENTS_SHOWN).map((word) => word.slice(0, ARGUMENT_SHOWN_SIZE)),
      pid: launched.pid,
      user: launched.account.name,
      tty,
      attached: this.#client !== null,
      startedMs: this.#startedMs,
      ...(exit === null ? {} : { exit }),
    };
  }

  /** How it ended; null while it runs or output is still to come. */
  get exit(): Exit | null {
    if (this.#status === null || !this.#outputEnded) return null;
    const exit = exitOf(this.#status);
    return this.#timedOut ? { ...exit, timedOut: true } : exit;
  }

  /** The stream gets what is kept, then what comes; a client that is there already loses the session. */
  attach(stream: GuestStream): void {
    this.#client?.stream.close(taken(this.#start.id));
    this.#leave();
    const { id, input, launched } = this.#start;
    const target: Target = { stream, channel: STDIN };
    const inflow =
      input === null || this.#outputEnded
        ? null
        : new Inflow(this.#context, input, target, { kind: 'pollable', onDone: () => undefined });
    const client: Client = { stream, input: inflow, sent: this.#ring.replayStart() };
    this.#client = client;
    stream.message({ is: 'started', pid: launched.pid, session: id });
    stream.handle({
      onMessage: (message) => this.#onMessage(message),
      onData: (channel, bytes) => {
        if (channel !== STDIN) stream.violate(`a session reads no channel ${channel}`);
        else if (client.input) client.input.take(bytes);
        else stream.consumed(channel, bytes.length);
      },
      onWritable: () => this.#feed(),
      onClose: () => {
        if (this.#client === client) this.#leave();
      },
    });
    this.#feed();
  }

  resize(rows: number, cols: number): void {
    if (this.#start.tty && !this.#outputEnded) this.#context.sys.setWindowSize(this.#start.output, rows, cols);
  }

  /** SIGKILL reaches every process of the session, other signals the main process's group. */
  kill(signal: number): void {
    if (this.#status !== null) return;
    if (signal === SIGKILL) this.#start.launched.tree.kill();
    else this.#start.launched.tree.signal(signal);
  }

  #onMessage(message: HostMessage): void {
    if (message.is === 'resize') this.resize(message.rows, message.cols);
    else if (message.is === 'signal') this.kill(parseSignalOrThrow(message.signal));
    else {
      const client = this.#client;
      this.#leave();
      client?.stream.close();
    }
  }

  #leave(): void {
    this.#client?.input?.stop();
    this.#client = null;
    this.#listen();
  }

  /** True while reading on would overwrite what the client has not got. */
  get #behind(): boolean {
    return this.#client !== null && this.#ring.end - this.#client.sent > BEHIND_MAX;
  }

  #read(): void {
    if (this.#outputEnded || this.#behind) return;
    const { frame, sys } = this.#context;
    const room = frame.subarray(0, READ_SIZE);
    let size: number;
    try {
      size = sys.read(this.#start.output, room);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      size = 0; // EIO: nobody has the terminal open any more
    }
    if (size > 0) {
      this.#ring.append(room.subarray(0, size));
      if (this.#lastBytes !== null) this.#lastBytes -= size;
    }
    const empty = size === AGAIN && this.#lastBytes !== null;
    if (size === 0 || empty || (this.#lastBytes ?? 1) <= 0) this.#endOutput(size === 0);
    this.#feed();
  }

  /** Sends the client what it has not got yet, and at last how the session ended. */
  #feed(): void {
    const client = this.#client;
    if (client) this.#sendKept(client);
    this.#listen();
    const exit = this.exit;
    if (!client || exit === null || client.sent < this.#ring.end) return;
    this.#client = null;
    client.input?.stop();
    client.stream.message({ is: 'exit', exit });
    client.stream.close();
  }

  #sendKept(client: Client): void {
    const { frame } = this.#context;
    while (client.sent < this.#ring.end) {
      const room = Math.min(client.stream.writable(STDOUT), DATA_SIZE_MAX);
      if (room === 0) return;
      const piece = this.#ring.piece(client.sent, room);
      frame.set(piece, DATA_HEAD_SIZE);
      client.stream.writeInPlace(STDOUT, frame, piece.length);
      client.sent += piece.length;
    }
  }

  /** Watches the output unless the client is far behind. */
  #listen(): void {
    if (this.#outputEnded) return;
    this.#watch.set(this.#behind ? 'none' : 'in');
    if (this.#lastBytes !== null && !this.#behind) this.#context.loop.after(0, () => this.#read());
  }

  #endOutput(atEnd: boolean): void {
    this.#outputEnded = true;
    this.#watch.stop();
    this.#client?.input?.stop();
    const { input, output, tty } = this.#start;
    const { drains, sys } = this.#context;
    if (input !== null && input !== output) sys.close(input);
    if (atEnd || tty)
      sys.close(output); // what still has the terminal gets SIGHUP, as when a window is closed
    else drains.add(output);
  }

  #onTimeout(): void {
    this.#timedOut = true;
    this.#calmDown = endTree(this.#context.loop, this.#start.launched.tree, SIGTERM, GRACE_MS);
  }

  #onExit(status: WaitStatus): void {
    this.#status = status;
    this.#timeout?.cancel();
    this.#calmDown();
    if (this.#timedOut) this.#start.launched.tree.kill();
    this.#start.launched.tree.release();
    this.#feed();
    if (this.#outputEnded) return;
    this.#context.loop.after(LINGER_MS, () => {
      this.#lastBytes = LAST_SIZE_MAX;
      this.#listen();
    });
  }
}

function taken(id: string): BhattiError {
  return new BhattiError('session.taken', `cannot keep session ${id}: another client attached to it`, {
    remedy: `attach again to take it back: bhatti shell SANDBOX --session ${id}`,
  });
}
