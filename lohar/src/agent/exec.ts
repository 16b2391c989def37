/**
 * A command with pipes.
 *
 *   running --main process ends--> draining --both pipes at their end, or LINGER_MS and empty--> over: exit, CLOSE
 *   running --stream closed--> hung up: SIGHUP, after GRACE_MS SIGKILL, for the whole tree; nothing is sent any more
 *   running --timeoutMs--> SIGTERM, after GRACE_MS SIGKILL, for the whole tree; then as when it ends by itself
 *   running, with a name --link lost--> waiting: its pipes are not read --resume--> running; after PATIENCE_MS hung up
 *   waiting --the machine becomes a fork--> a session of that (session.ts)
 *   any --PID 1 executes itself anew--> the same, without a stream until the host goes on with it
 *
 * Whoever is hung up can still write: SIGPIPE would come before its handler of SIGHUP.
 *
 * No output is lost: what the main process wrote is in the pipe when it ends, and the pipe is read until it is empty. A
 * program that it left in the background and that still holds the pipe does not hold up the exec (as ssh would) nor is
 * it killed (as by a closed pipe): after LINGER_MS its output is dropped.
 */
import type { Fd, Pid, Timer, WaitStatus } from '@bhatti/runtime/sys.ts';
import { type GuestPoint, type HostPoint, STDERR, STDIN, STDOUT } from '@bhatti/wire/messages.ts';
import { SIGHUP, SIGKILL, SIGTERM } from '../unit/value/signal.ts';
import { parseSignalOrThrow } from './agent-errors.ts';
import type { AgentContext, GuestStream, Lasting, RequestOf } from './context.ts';
import { Inflow } from './inflow.ts';
import { haveAll, idOfLost, mayLast, PATIENCE_MS } from './lasting.ts';
import { endOfLost, endTree, exitOf } from './launch.ts';
import { launchPiped } from './launch-piped.ts';
import { Outflow } from './outflow.ts';
import type { OutputCopy } from './output-copy.ts';
import type { ProcessTree } from './process-tree.ts';
import { Intake, type Resumable, restoreEach } from './resumable.ts';
import { type Orphan, shownArguments } from './session-record.ts';

/** How long a program gets between being asked and being made to end. */
export const GRACE_MS = 5000;
/** How long after the end of the main process others may still write into its pipes. */
export const LINGER_MS = 250;
/** What a pipe may hold at that time: pipe(7). */
const PIPE_SIZE = 64 * 1024;
const KEY = 'exec:';
const NO_FD = -1;
const CHANNELS = [STDOUT, STDERR] as const;

/** All that the next image of PID 1 must know of it, but for what its Intake has. */
interface ExecRecord {
  readonly pid: Pid;
  readonly tree: string | null;
  readonly takesInput: boolean;
  /** Pipes; those of the output with a copy of what was read of them. */
  readonly stdin: Fd;
  readonly outputs: readonly { readonly fd: Fd; readonly copy: Fd }[];
  readonly timeoutAtMs?: number;
  /** What its host calls it, should it be lost, and what lists show. */
  readonly keep?: string;
  readonly shown?: { readonly argv: readonly string[]; readonly user: string; readonly startedMs: number };
  readonly timedOut: boolean;
  readonly status: WaitStatus | null;
}

export function serveExec(context: AgentContext, stream: GuestStream, request: RequestOf<'exec'>): void {
  const { pid, tree, account, stdin, stdout, stderr } = launchPiped(context, request, { stdin: request.stdin });
  const pipes = stderr === null ? [stdout] : [stdout, stderr];
  const copies = pipes.map(() => context.copies.create());
  const { keep, timeoutMs } = request;
  const record: ExecRecord = {
    ...{ pid, tree: tree.path, takesInput: request.stdin, stdin: stdin ?? NO_FD, timedOut: false, status: null },
    outputs: copies.map(({ fd: copy }, n) => ({ fd: pipes[n] ?? NO_FD, copy })),
    ...(mayLast(context, keep) ? { keep, shown: shownOf(context, request, account.name) } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutAtMs: context.sys.monotonicMs() + timeoutMs }),
  };
  const exec = new PipedExec(context, stream.id, record, tree, copies);
  exec.save();
  stream.message({ is: 'started', pid });
  exec.attach(stream, [0, 0]);
}

function shownOf({ sys }: AgentContext, { argv }: RequestOf<'exec'>, user: string): Required<ExecRecord>['shown'] {
  return { argv: shownArguments(argv), user, startedMs: sys.realtimeMs() };
}

/** Commands of the image of PID 1 before this one, which wait for their host. */
export function restoreExecs(context: AgentContext): Resumable[] {
  const { copies, kept, trees } = context;
  return restoreEach(context, KEY, (text, id) => {
    const record = JSON.parse(text) as ExecRecord;
    if (!record.outputs.every(({ fd, copy }) => kept.isInherited(fd) && kept.isInherited(copy)))
      throw new Error('it was over');
    const tree = trees.adopt(record.status === null ? record.tree : null, record.pid);
    const outputs = record.outputs.map(({ copy }) => copies.adopt(copy));
    return new PipedExec(context, Number(id), record, tree, outputs);
  });
}

class PipedExec implements Resumable, Lasting {
  readonly #context: AgentContext;
  #intake: Intake;
  readonly #tree: ProcessTree;
  readonly #copies: readonly OutputCopy[];
  #record: ExecRecord;
  #stream: GuestStream | null = null;
  #stdin: Inflow | null = null;
  #stdinFd: Fd | null;
  #stdinEnded = false;
  #outputs: readonly Outflow[] = [];
  #timeout: Timer | null = null;
  #linger: Timer | null = null;
  #patience: Timer | null = null;
  /** Its host was told how it ended, and closes the stream when that has gone on. */
  #told = false;
  /** Stops the SIGKILL that is on its way. */
  #calmDown: () => void = () => undefined;
  #over = false;

  constructor(context: AgentContext, id: number, record: ExecRecord, tree: ProcessTree, copies: readonly OutputCopy[]) {
    this.#context = context;
    this.#record = record;
    this.#tree = tree;
    this.#copies = copies;
    this.#intake = new Intake(context, id);
    const { kept, loop, sys } = context;
    const { keep, pid, stdin, outputs, status, timeoutAtMs, timedOut } = record;
    if (keep !== undefined) context.lasting.set(keep, this);
    this.#stdinFd = stdin === NO_FD ? null : stdin;
    for (const fd of [stdin, ...outputs.map((output) => output.fd)]) if (fd !== NO_FD) kept.holdOpen(fd);
    if (status !== null) return;
    loop.onExit(pid, (ended) => this.#onExit(ended));
    endOfLost(context, pid, (ended) => this.#onExit(ended));
    if (timedOut) this.#onTimeout();
    else if (timeoutAtMs !== undefined)
      this.#timeout = loop.after(timeoutAtMs - sys.monotonicMs(), () => this.#onTimeout());
  }

  get point(): GuestPoint {
    return this.#intake.point(this.#input?.given ?? 0);
  }

  /** Counts the input. */
  get #input(): OutputCopy | undefined {
    return this.#copies[0];
  }

  /** Its stream is another one, or none: the next host may number one of its own so. */
  #rename(id: number): void {
    this.#context.kept.remove(KEY + this.#intake.id);
    this.#intake.forget();
    this.#intake = new Intake(this.#context, id);
    this.save();
  }

  save(): void {
    this.#context.kept.put(KEY + this.#intake.id, JSON.stringify(this.#record));
  }

  resume(stream: GuestStream, host: HostPoint): void {
    if (host.messages === 0) stream.message({ is: 'started', pid: this.#record.pid });
    this.attach(stream, host.received);
    if (this.#record.status !== null) this.#awaitOutput();
  }

  giveUp(): void {
    this.#lose();
  }

  has(received: readonly number[]): boolean {
    return haveAll(this.#copies, received);
  }

  goOn(stream: GuestStream, received: readonly number[]): void {
    this.#rename(stream.id);
    stream.message({ is: 'started', pid: this.#record.pid, given: this.#input?.given ?? 0 });
    this.attach(stream, received);
    if (this.#record.status !== null) this.#awaitOutput();
  }

  orphan(): Orphan | null {
    const { outputs, pid, shown, status, timedOut, timeoutAtMs, tree } = this.#record;
    const [copy, ...others] = this.#copies;
    if (this.#stream !== null || this.#over || status !== null || !shown || !copy) return null;
    this.#cease();
    this.#calmDown();
    this.#forget();
    for (const other of others) this.#context.copies.release(other);
    const record = {
      ...{ ...shown, pid, tree, tty: false, outputs: outputs.map(({ fd }) => fd), input: this.#stdinFd, copy: copy.fd },
      ...{ timedOut, status, client: null },
      ...(timeoutAtMs === undefined ? {} : { timeoutAtMs }),
    };
    return { record, tree: this.#tree, copy };
  }

  /** Its host is gone, not its wish. */
  #lose(): void {
    if (this.#record.keep === undefined || this.#over) this.#hangUp();
    else {
      this.leaveHost();
      if (this.#input !== undefined) this.#rename(idOfLost(this.#input));
      this.#patience = this.#context.loop.after(PATIENCE_MS, () => this.#hangUp());
    }
  }

  leaveHost(): GuestStream | null {
    const stream = this.#stream;
    this.#stream = null;
    this.#told = false;
    this.#patience?.cancel();
    this.#linger?.cancel();
    for (const output of this.#outputs) output.stop();
    this.#outputs = [];
    this.#stdin?.stop();
    this.#stdin = null;
    return stream;
  }

  /** @param sent bytes of each output that the host has */
  attach(stream: GuestStream, sent: readonly number[]): void {
    this.#stream = stream;
    this.#stdin = this.#stdinFd === null ? null : this.#makeStdin(stream, this.#stdinFd);
    stream.handle({
      onMessage: (message) => {
        this.#intake.obeyed();
        if (message.is === 'signal') this.#signal(message.signal);
      },
      onData: (channel, bytes) => this.#onInput(channel, bytes),
      onEnd: () => this.#onInputEnd(),
      onWritable: (channel) => this.#outputs[channel - 1]?.wake(),
      onClose: (error) => {
        if (this.#stream !== stream) return;
        if (error?.code === 'link.lost') this.#lose();
        else this.#hangUp();
      },
    });
    this.#outputs = this.#copies.map((copy, n) => {
      const target = { stream, channel: CHANNELS[n] ?? STDERR };
      const onEnd = (): void => this.#settle();
      const also = { onEnd, copy, sent: sent[n] ?? 0 } as const;
      return new Outflow(this.#context, this.#record.outputs[n]?.fd ?? NO_FD, target, also);
    });
  }

  #makeStdin(stream: GuestStream, fd: Fd): Inflow {
    const onDone = (): void => this.#closeStdin(); // EPIPE as well: it reads no more
    const copy = this.#input;
    const also = { onDone, ...(copy === undefined ? {} : { copy }) } as const;
    return new Inflow(this.#context, fd, { stream, channel: STDIN }, also);
  }

  #onInput(channel: number, bytes: Uint8Array): void {
    if (channel !== STDIN || !this.#record.takesInput) {
      this.#stream?.violate(`the command reads no channel ${channel}`);
    } else if (this.#stdin !== null) this.#stdin.take(bytes);
    else {
      this.#input?.setGiven(this.#input.given + bytes.length);
      this.#stream?.consumed(STDIN, bytes.length);
    }
  }

  #onInputEnd(): void {
    this.#stdinEnded = true;
    this.#stdin?.finish();
    if (this.#stdinFd === null) this.#intake.ended();
  }

  #signal(name: string): void {
    const signal = parseSignalOrThrow(name);
    if (this.#record.status !== null) return;
    if (signal === SIGKILL) this.#tree.kill();
    else this.#tree.signal(signal);
  }

  #onTimeout(): void {
    this.#record = { ...this.#record, timedOut: true };
    this.save();
    this.#calmDown = endTree(this.#context.loop, this.#tree, SIGTERM, GRACE_MS);
  }

  #onExit(status: WaitStatus): void {
    this.#record = { ...this.#record, status };
    if (!this.#over) this.save();
    this.#timeout?.cancel();
    // Who was told to end ends with all it started; otherwise its background programs live on.
    if (this.#record.timedOut) this.#tree.kill();
    this.#calmDown();
    this.#tree.release();
    if (!this.#over && this.#stream !== null) this.#awaitOutput();
  }

  #awaitOutput(): void {
    this.#settle();
    if (this.#over) return;
    this.#linger = this.#context.loop.after(LINGER_MS, () => {
      for (const output of this.#outputs) output.finish(PIPE_SIZE);
    });
  }

  /** Says how it ended once that is known and all output is sent. */
  #settle(): void {
    const { status, timedOut } = this.#record;
    const stream = this.#stream;
    if (this.#over || status === null || stream === null) return;
    if (this.#outputs.length === 0 || this.#outputs.some((output) => !output.ended)) return;
    if (this.#told) return;
    this.#told = true;
    const { keep } = this.#record;
    // Who attached again may wait for an end that was lost; to anybody else an exit says as much.
    if (keep !== undefined) for (const n of this.#outputs.keys()) stream.end(CHANNELS[n] ?? STDERR);
    const exit = exitOf(status);
    stream.message({ is: 'exit', exit: timedOut ? { ...exit, timedOut: true } : exit });
    if (keep !== undefined) return; // that may be lost on its way
    this.#cease();
    stream.close();
    // Until these words have left, the next image of PID 1 may have to say them.
    this.#context.whenSent(() => this.#release());
  }

  /** The host gave the stream up, or is gone. */
  #hangUp(): void {
    if (this.#over) return;
    this.#cease();
    this.#release();
    if (this.#record.status === null) this.#calmDown = endTree(this.#context.loop, this.#tree, SIGHUP, GRACE_MS);
  }

  #cease(): void {
    this.#over = true;
    this.#timeout?.cancel();
    this.#linger?.cancel();
    this.#patience?.cancel();
    for (const output of this.#outputs) output.stop();
    this.#stdin?.stop();
  }

  #release(): void {
    const { copies, drains, kept, sys } = this.#context;
    this.#forget();
    this.#closeStdin();
    for (const [n, { fd }] of this.#record.outputs.entries()) {
      kept.letGo(fd);
      if (this.#outputs[n]?.atEnd) sys.close(fd);
      else drains.add(fd);
    }
    for (const copy of this.#copies) copies.release(copy);
  }

  #forget(): void {
    if (this.#record.keep !== undefined) this.#context.lasting.delete(this.#record.keep);
    this.#context.kept.remove(KEY + this.#intake.id);
    this.#intake.forget();
  }

  #closeStdin(): void {
    const fd = this.#stdinFd;
    if (fd === null) return;
    this.#stdinFd = null;
    this.#record = { ...this.#record, stdin: NO_FD };
    if (!this.#over) this.save();
    if (this.#stdinEnded) this.#intake.ended();
    this.#context.kept.letGo(fd);
    this.#context.sys.close(fd);
  }
}
