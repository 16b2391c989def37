/**
 * A program whose output is kept, so that clients come and go: on a terminal, or with pipes (`--init`, and what ran for
 * the client of another sandbox before this one was forked from it).
 *
 *   running --attach--> running with a client (the one before gets session.taken) --detach, stream closed--> running
 *   running with a client that has a name --link lost--> waiting for it --resume--> running with it; PATIENCE_MS--> running
 *   running --main process ends--> draining --output at its end, or LINGER_MS and empty--> exited: kept for a while
 *   any --PID 1 executes itself anew--> the same; its client goes on when the host is there again
 *
 * All output goes through a file that counts its bytes; a client is a place in it. Replay and live output are therefore
 * one thing, without gap or doubling. A client that does not read, or is waited for, stops the program, as a terminal
 * does; without a client the oldest output is dropped.
 */
import { AGAIN, type Fd, SysError, type Timer, type WaitStatus, type Watch } from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { DATA_HEAD_SIZE } from '@bhatti/wire/frame.ts';
import { DATA_SIZE_MAX } from '@bhatti/wire/limits.ts';
import {
  type Exit,
  type GuestPoint,
  type HostMessage,
  type HostPoint,
  type SessionInfo,
  STDERR,
  STDIN,
  STDOUT,
} from '@bhatti/wire/messages.ts';
import { SIGKILL, SIGTERM } from '../unit/value/signal.ts';
import { parseSignalOrThrow } from './agent-errors.ts';
import type { AgentContext, GuestStream, Lasting } from './context.ts';
import { GRACE_MS, LINGER_MS } from './exec.ts';
import { haveAll, idOfLost, mayLast, PATIENCE_MS } from './lasting.ts';
import { endOfLost, endTree, exitOf } from './launch.ts';
import { type OutputCopy, SCROLLBACK_SIZE } from './output-copy.ts';
import type { ProcessTree } from './process-tree.ts';
import { Inflow, type Target } from './pump.ts';
import { Intake, type Resumable } from './resumable.ts';
import { type ClientRecord, SESSION_KEY, type SessionRecord } from './session-record.ts';

const FIRST_LINE_SIZE_MAX = 4096;
/** A client this far behind holds the program up. */
const BEHIND_MAX = SCROLLBACK_SIZE / 2;
/** Bytes of one read. */
const READ_SIZE = SCROLLBACK_SIZE / 4;
/** Output of background programs that is still taken when they outlive the main process. */
const LAST_SIZE_MAX = 64 * 1024;

interface Client {
  readonly stream: GuestStream;
  readonly intake: Intake;
  readonly input: Inflow | null;
  /** Number of the next byte it gets. */
  sent: number;
  /** It was told how the session ended, and leaves when that has gone on. */
  told: boolean;
}

export function makeSession(...parts: ConstructorParameters<typeof Session>): Session {
  return new Session(...parts);
}

export class Session implements Lasting {
  readonly #context: AgentContext;
  readonly #tree: ProcessTree;
  readonly #copy: OutputCopy;
  #record: SessionRecord;
  readonly #watches = new Map<Fd, Watch>();
  #timeout: Timer | null = null;
  #client: Client | null = null;
  /** Number of the next byte for a client that is waited for. */
  #awaits: number | null = null;
  #patience: Timer | null = null;
  /** Once the main process is gone: bytes of others that are still waited for; an empty terminal is the end. */
  #lastBytes: number | null = null;
  #calmDown: () => void = () => undefined;

  constructor(context: AgentContext, record: SessionRecord, tree: ProcessTree, copy: OutputCopy) {
    this.#context = context;
    this.#record = record;
    this.#tree = tree;
    this.#copy = copy;
    const { kept, loop, sys } = context;
    const { outputs, pid, status, timeoutAtMs, timedOut } = record;
    for (const fd of new Set([...outputs, ...this.#inputs])) kept.holdOpen(fd);
    for (const fd of outputs)
      this.#watches.set(
        fd,
        loop.watch(fd, 'in', () => this.#read(fd)),
      );
    this.#expect();
    if (status !== null) {
      this.#awaitLast();
      return;
    }
    loop.onExit(pid, (ended) => this.#onExit(ended));
    endOfLost(context, pid, (ended) => this.#onExit(ended));
    if (timedOut) this.#onTimeout();
    else if (timeoutAtMs !== undefined)
      this.#timeout = loop.after(timeoutAtMs - sys.monotonicMs(), () => this.#onTimeout());
  }

  get #outputEnded(): boolean {
    return this.#record.outputs.length === 0;
  }

  /** Input is open for as long as output may come. */
  get #inputs(): readonly Fd[] {
    const { input } = this.#record;
    return input === null || this.#outputEnded ? [] : [input];
  }

  #save(changes: Partial<SessionRecord> = {}): void {
    this.#record = { ...this.#record, ...changes };
    this.#context.kept.put(SESSION_KEY + this.#record.id, JSON.stringify(this.#record));
  }

  /** The client of before PID 1 executed itself anew, if there was one. */
  get waiting(): Resumable | null {
    const { client } = this.#record;
    if (client === null) return null;
    const intake = new Intake(this.#context, client.stream);
    const point = (): GuestPoint => intake.point(this.#copy.given);
    return {
      get point() {
        return point();
      },
      resume: (stream, host) => this.#resume(stream, intake, client.from, host),
      giveUp: () => this.#lose(intake, this.#copy.end),
    };
  }

  get info(): SessionInfo {
    const { id, argv, pid, user, tty, startedMs } = this.#record;
    const exit = this.exit;
    return {
      ...{ id, argv, pid, user, tty, startedMs },
      attached: this.#client !== null,
      ...(exit === null ? {} : { exit }),
    };
  }

  /** How it ended; null while it runs or output is still to come. */
  get exit(): Exit | null {
    const { status, timedOut } = this.#record;
    if (status === null || !this.#outputEnded) return null;
    const exit = exitOf(status);
    return timedOut ? { ...exit, timedOut: true } : exit;
  }

  /** The stream gets what is kept, then what comes; a client that is there already loses the session. */
  attach(stream: GuestStream, keep: string | undefined): void {
    this.#client?.stream.close(taken(this.#record.id));
    this.#leave();
    const from = this.#replayStart();
    this.#copy.setGiven(0);
    this.#save({ client: { stream: stream.id, from, ...(mayLast(this.#context, keep) ? { keep } : {}) } });
    this.#expect();
    stream.message({ is: 'started', pid: this.#record.pid, session: this.#record.id });
    this.#serve(stream, new Intake(this.#context, stream.id), from);
  }

  /** Should its client be lost, it comes again by this name. */
  #expect(): void {
    const keep = this.#record.client?.keep;
    if (keep !== undefined) this.#context.lasting.set(keep, this);
  }

  has([received = 0]: readonly number[]): boolean {
    return haveAll([this.#copy], [(this.#record.client?.from ?? 0) + received]);
  }

  leaveHost(): GuestStream | null {
    const client = this.#client;
    if (client !== null) this.#lose(client.intake, client.sent);
    this.#patience?.cancel();
    return client?.stream ?? null;
  }

  goOn(stream: GuestStream, [received = 0]: readonly number[]): void {
    const { client, id, pid } = this.#record;
    if (client === null) return;
    this.#awaits = null;
    this.#save({ client: { ...client, stream: stream.id } });
    stream.message({ is: 'started', pid, session: id, given: this.#copy.given });
    this.#serve(stream, new Intake(this.#context, stream.id), client.from + received);
  }

  /** A session of the fork as it was of the original, whose client it was. */
  orphan(): null {
    if (this.#client === null) this.#leave();
    return null;
  }

  #resume(stream: GuestStream, intake: Intake, from: number, host: HostPoint): void {
    const { pid, id } = this.#record;
    if (host.messages === 0) stream.message({ is: 'started', pid, session: id });
    this.#serve(stream, intake, from + (host.received[0] ?? 0));
  }

  #serve(stream: GuestStream, intake: Intake, sent: number): void {
    const [input] = this.#inputs;
    const target: Target = { stream, channel: STDIN };
    const also = { kind: 'pollable', onDone: () => undefined, copy: this.#copy } as const;
    const inflow = input === undefined ? null : new Inflow(this.#context, input, target, also);
    const client: Client = { stream, intake, input: inflow, sent, told: false };
    this.#client = client;
    stream.handle({
      onMessage: (message) => {
        intake.obeyed();
        this.#onMessage(message);
      },
      onData: (channel, bytes) => {
        if (channel !== STDIN) stream.violate(`a session reads no channel ${channel}`);
        else if (client.input) client.input.take(bytes);
        else {
          this.#copy.setGiven(this.#copy.given + bytes.length);
          stream.consumed(channel, bytes.length);
        }
      },
      onEnd: () => intake.ended(),
      onWritable: () => this.#feed(),
      onClose: (error) => {
        if (this.#client !== client) return;
        if (error?.code === 'link.lost') this.#lose(intake, client.sent);
        else this.#leave();
      },
    });
    this.#feed();
  }

  /**
   * Where a replay begins: at the oldest byte, or behind the first line break after it when older ones are lost, so that
   * no half character or escape sequence comes first.
   */
  #replayStart(): number {
    const start = Math.max(0, this.#copy.end - SCROLLBACK_SIZE);
    if (start === 0) return 0;
    const first = this.#context.frame.subarray(0, FIRST_LINE_SIZE_MAX);
    const lineEnd = first.subarray(0, this.#copy.read(start, first)).indexOf(0x0a);
    return lineEnd < 0 ? start : start + lineEnd + 1;
  }

  resize(rows: number, cols: number): void {
    const { tty, outputs } = this.#record;
    if (tty) for (const terminal of outputs) this.#context.sys.setWindowSize(terminal, rows, cols);
  }

  /** SIGKILL reaches every process of the session, other signals the main process's group. */
  kill(signal: number): void {
    if (this.#record.status !== null) return;
    if (signal === SIGKILL) this.#tree.kill();
    else this.#tree.signal(signal);
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

  /** Its client does not want it any more. */
  #leave(): void {
    const client = this.#client;
    client?.input?.stop();
    client?.intake.forget();
    this.#client = null;
    this.#forgetClient();
    this.#listen();
  }

  /** The client's host is gone, not its wish. @param sent number of the next byte for it */
  #lose(intake: Intake, sent: number): void {
    const { client } = this.#record;
    this.#client?.input?.stop();
    this.#client = null;
    intake.forget();
    if (client?.keep === undefined) this.#forgetClient();
    else {
      this.#save({ client: { ...client, stream: idOfLost(this.#copy) } });
      this.#awaits = sent;
      this.#patience = this.#context.loop.after(PATIENCE_MS, () => this.#leave());
    }
    this.#listen();
  }

  #forgetClient(): void {
    const { client } = this.#record;
    if (client === null) return;
    this.#awaits = null;
    this.#patience?.cancel();
    if (client.keep !== undefined) this.#context.lasting.delete(client.keep);
    this.#save({ client: null });
  }

  /** True while reading on would overwrite what the client has not got. */
  get #behind(): boolean {
    const sent = this.#client?.sent ?? this.#awaits;
    return sent !== null && this.#copy.end - sent > BEHIND_MAX;
  }

  #read(fd: Fd): void {
    if (!this.#record.outputs.includes(fd) || this.#behind) return;
    let size: number;
    try {
      size = this.#copy.take(fd, this.#context.frame.subarray(0, READ_SIZE));
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      size = 0; // EIO: nobody has the terminal open any more
    }
    if (size > 0 && this.#lastBytes !== null) this.#lastBytes -= size;
    const empty = size === AGAIN && this.#lastBytes !== null;
    if (size === 0 || empty || (this.#lastBytes ?? 1) <= 0) this.#endOutput(fd, size === 0);
    this.#feed();
  }

  /** Sends the client what it has not got yet, and at last how the session ended. */
  #feed(): void {
    const client = this.#client;
    if (client) this.#sendKept(client);
    this.#listen();
    const exit = this.exit;
    if (!client || client.told || exit === null || client.sent < this.#copy.end) return;
    client.told = true;
    client.input?.stop();
    const known = this.#record.client;
    if (known?.keep !== undefined) {
      client.stream.end(STDOUT);
      client.stream.end(STDERR);
      client.stream.message({ is: 'exit', exit });
      return; // that may be lost on its way
    }
    this.#client = null;
    client.stream.message({ is: 'exit', exit });
    client.stream.close();
    // Until these words have left, the next image of PID 1 may have to say them.
    this.#context.whenSent(() => this.#told(client.intake, known));
  }

  #told(intake: Intake, client: ClientRecord | null): void {
    intake.forget();
    if (this.#record.client === client) this.#forgetClient();
  }

  #sendKept(client: Client): void {
    const { frame } = this.#context;
    while (client.sent < this.#copy.end) {
      const room = Math.min(client.stream.writable(STDOUT), DATA_SIZE_MAX);
      if (room === 0) return;
      const size = this.#copy.read(client.sent, frame.subarray(DATA_HEAD_SIZE, DATA_HEAD_SIZE + room));
      client.stream.writeInPlace(STDOUT, frame, size);
      client.sent = size > 0 ? client.sent + size : this.#copy.end; // else there was no memory for it
    }
  }

  /** Watches the output unless the client is far behind. */
  #listen(): void {
    const { outputs } = this.#record;
    for (const fd of outputs) this.#watches.get(fd)?.set(this.#behind ? 'none' : 'in');
    if (this.#lastBytes === null || this.#behind) return;
    for (const fd of outputs) this.#context.loop.after(0, () => this.#read(fd));
  }

  #endOutput(fd: Fd, atEnd: boolean): void {
    const { drains, kept, sys } = this.#context;
    const inputs = this.#inputs.filter((input) => input !== fd);
    this.#save({ outputs: this.#record.outputs.filter((other) => other !== fd) });
    this.#watches.get(fd)?.stop();
    this.#watches.delete(fd);
    kept.letGo(fd);
    if (this.#outputEnded) {
      this.#client?.input?.stop();
      for (const input of inputs) {
        kept.letGo(input);
        sys.close(input);
      }
    }
    if (atEnd || this.#record.tty)
      sys.close(fd); // what still has the terminal gets SIGHUP, as when a window is closed
    else drains.add(fd);
  }

  #onTimeout(): void {
    this.#save({ timedOut: true });
    this.#calmDown = endTree(this.#context.loop, this.#tree, SIGTERM, GRACE_MS);
  }

  #onExit(status: WaitStatus): void {
    this.#save({ status });
    this.#timeout?.cancel();
    this.#calmDown();
    if (this.#record.timedOut) this.#tree.kill();
    this.#tree.release();
    this.#feed();
    this.#awaitLast();
  }

  #awaitLast(): void {
    if (this.#outputEnded) return;
    this.#context.loop.after(LINGER_MS, () => {
      this.#lastBytes = LAST_SIZE_MAX;
      this.#listen();
    });
  }

  /** It has ended and nobody asks how any more. */
  forget(): void {
    this.#forgetClient();
    this.#context.kept.remove(SESSION_KEY + this.#record.id);
    this.#context.copies.release(this.#copy);
  }
}

function taken(id: string): BhattiError {
  return new BhattiError('session.taken', `cannot keep session ${id}: another client attached to it`, {
    remedy: `attach again to take it back: bhatti shell SANDBOX --session ${id}`,
  });
}
