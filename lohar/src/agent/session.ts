/**
 * A program whose output is kept, so that clients come and go: on a terminal, or with pipes (`--init`, and what ran for
 * the client of another sandbox before this one was forked from it).
 *
 *   running --main process ends--> draining --output at its end, or LINGER_MS and empty--> exited: kept for a while
 *   any --PID 1 executes itself anew--> the same; its client goes on when the host is there again
 *
 * All output goes through a file that counts its bytes; a client is a place in it. Replay and live output are therefore
 * one thing, without gap or doubling. A client that does not read, or is waited for, stops the program, as a terminal
 * does; without a client the oldest output is dropped.
 */
import { AGAIN, type Fd, SysError, type Timer, type WaitStatus, type Watch } from '@bhatti/runtime/sys.ts';
import type { Exit, HostMessage, SessionInfo } from '@bhatti/wire/messages.ts';
import { SIGKILL, SIGTERM } from '../unit/value/signal.ts';
import { parseSignalOrThrow } from './agent-errors.ts';
import type { AgentContext, GuestStream } from './context.ts';
import { GRACE_MS, LINGER_MS } from './exec.ts';
import { endOfLost, endTree, exitOf } from './launch.ts';
import { type OutputCopy, SCROLLBACK_SIZE } from './output-copy.ts';
import type { ProcessTree } from './process-tree.ts';
import type { Resumable } from './resumable.ts';
import { SessionClient } from './session-client.ts';
import { type ClientRecord, SESSION_KEY, type SessionRecord } from './session-record.ts';

/** Bytes of one read. */
const READ_SIZE = SCROLLBACK_SIZE / 4;
/** Output of background programs that is still taken when they outlive the main process. */
const LAST_SIZE_MAX = 64 * 1024;

export function makeSession(...parts: ConstructorParameters<typeof Session>): Session {
  return new Session(...parts);
}

export class Session {
  readonly #context: AgentContext;
  readonly #tree: ProcessTree;
  readonly copy: OutputCopy;
  readonly #client: SessionClient;
  #record: SessionRecord;
  readonly #watches = new Map<Fd, Watch>();
  #timeout: Timer | null = null;
  /** Once the main process is gone: bytes of others that are still waited for; an empty terminal is the end. */
  #lastBytes: number | null = null;
  #calmDown: () => void = () => undefined;

  constructor(context: AgentContext, record: SessionRecord, tree: ProcessTree, copy: OutputCopy) {
    this.#context = context;
    this.#record = record;
    this.#tree = tree;
    this.copy = copy;
    const { kept, loop, sys } = context;
    const { outputs, pid, status, timeoutAtMs, timedOut } = record;
    for (const fd of new Set([...outputs, ...this.#inputs])) kept.holdOpen(fd);
    for (const fd of outputs)
      this.#watches.set(
        fd,
        loop.watch(fd, 'in', () => this.#read(fd)),
      );
    this.#client = new SessionClient(context, this);
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

  get record(): SessionRecord {
    return this.#record;
  }

  get input(): Fd | undefined {
    return this.#inputs[0];
  }

  save(client: ClientRecord | null): void {
    this.#save({ client });
  }

  #save(changes: Partial<SessionRecord> = {}): void {
    this.#record = { ...this.#record, ...changes };
    this.#context.kept.put(SESSION_KEY + this.#record.id, JSON.stringify(this.#record));
  }

  /** Its client of before PID 1 executed itself anew, if there was one. */
  get waiting(): Resumable | null {
    return this.#client.waiting;
  }

  get info(): SessionInfo {
    const { id, argv, pid, user, tty, startedMs } = this.#record;
    const exit = this.exit;
    return {
      ...{ id, argv, pid, user, tty, startedMs },
      attached: this.#client.present,
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

  /** A client that is there already loses the session. @param keep what the new one goes on by when its host is lost */
  attach(stream: GuestStream, keep: string | undefined): void {
    this.#client.attach(stream, keep);
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

  obey(message: Exclude<HostMessage, { is: 'detach' }>): void {
    if (message.is === 'resize') this.resize(message.rows, message.cols);
    else this.kill(parseSignalOrThrow(message.signal));
  }

  #read(fd: Fd): void {
    if (!this.#record.outputs.includes(fd) || this.#client.behind) return;
    let size: number;
    try {
      size = this.copy.take(fd, this.#context.frame.subarray(0, READ_SIZE));
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      size = 0; // EIO: nobody has the terminal open any more
    }
    if (size > 0 && this.#lastBytes !== null) this.#lastBytes -= size;
    const empty = size === AGAIN && this.#lastBytes !== null;
    if (size === 0 || empty || (this.#lastBytes ?? 1) <= 0) this.#endOutput(fd, size === 0);
    this.#client.feed();
  }

  /** Watches the output unless the client is far behind. */
  listen(): void {
    const { outputs } = this.#record;
    for (const fd of outputs) this.#watches.get(fd)?.set(this.#client.behind ? 'none' : 'in');
    if (this.#lastBytes === null || this.#client.behind) return;
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
      this.#client.stopInput();
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
    this.#client.feed();
    this.#awaitLast();
  }

  #awaitLast(): void {
    if (this.#outputEnded) return;
    this.#context.loop.after(LINGER_MS, () => {
      this.#lastBytes = LAST_SIZE_MAX;
      this.listen();
    });
  }

  /** It has ended and nobody asks how any more. */
  forget(): void {
    this.#client.forget();
    this.#context.kept.remove(SESSION_KEY + this.#record.id);
    this.#context.copies.release(this.copy);
  }
}
