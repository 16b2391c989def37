/**
 * A command with pipes.
 *
 *   running --main process ends--> draining --both pipes at their end, or LINGER_MS and empty--> over: exit, CLOSE
 *   running --stream closed--> hung up: SIGHUP, after GRACE_MS SIGKILL, for the whole tree; nothing is sent any more
 *   running --timeoutMs--> SIGTERM, after GRACE_MS SIGKILL, for the whole tree; then as when it ends by itself
 *
 * Whoever is hung up can still write: SIGPIPE would come before its handler of SIGHUP.
 *
 * No output is lost: what the main process wrote is in the pipe when it ends, and the pipe is read until it is empty. A
 * program that it left in the background and that still holds the pipe does not hold up the exec (as ssh would) nor is
 * it killed (as by a closed pipe): after LINGER_MS its output is dropped.
 */
import type { Fd, Timer, WaitStatus } from '@bhatti/runtime/sys.ts';
import { STDERR, STDIN, STDOUT } from '@bhatti/wire/messages.ts';
import { SIGHUP, SIGKILL, SIGTERM } from '../unit/value/signal.ts';
import { parseSignalOrThrow } from './agent-errors.ts';
import type { AgentContext, GuestStream, RequestOf } from './context.ts';
import { endTree, exitOf, type Launched } from './launch.ts';
import { launchPiped } from './launch-piped.ts';
import { Inflow, Outflow } from './pump.ts';

/** How long a program gets between being asked and being made to end. */
export const GRACE_MS = 5000;
/** How long after the end of the main process others may still write into its pipes. */
export const LINGER_MS = 250;
/** What a pipe may hold at that time: pipe(7). */
const PIPE_SIZE = 64 * 1024;

export function serveExec(context: AgentContext, stream: GuestStream, request: RequestOf<'exec'>): void {
  new PipedExec(context, stream, request);
}

class PipedExec {
  readonly #context: AgentContext;
  readonly #stream: GuestStream;
  readonly #launched: Launched;
  readonly #stdin: Inflow | null;
  #stdinFd: Fd | null;
  readonly #outputs: Outflow[];
  #status: WaitStatus | null = null;
  #timedOut = false;
  #timeout: Timer | null = null;
  #linger: Timer | null = null;
  /** Stops the SIGKILL that is on its way. */
  #calmDown: () => void = () => undefined;
  #over = false;

  constructor(context: AgentContext, stream: GuestStream, request: RequestOf<'exec'>) {
    this.#context = context;
    this.#stream = stream;
    const { loop } = context;
    const piped = launchPiped(context, request, { stdin: request.stdin });
    this.#launched = piped;
    loop.onExit(piped.pid, (status) => this.#onExit(status));
    stream.message({ is: 'started', pid: piped.pid });
    this.#stdinFd = piped.stdin;
    this.#stdin = piped.stdin === null ? null : this.#makeStdin(piped.stdin);
    this.#outputs = [this.#makeOutput(piped.stdout, STDOUT)];
    if (piped.stderr !== null) this.#outputs.push(this.#makeOutput(piped.stderr, STDERR));
    stream.handle({
      onMessage: (message) => {
        if (message.is === 'signal') this.#signal(message.signal);
      },
      onData: (channel, bytes) => {
        if (channel !== STDIN || !this.#stdin) stream.violate(`the command reads no channel ${channel}`);
        else this.#stdin.take(bytes);
      },
      onEnd: () => this.#stdin?.finish(),
      onWritable: (channel) => this.#outputs[channel - 1]?.wake(),
      onClose: () => this.#hangUp(),
    });
    if (request.timeoutMs !== undefined) this.#timeout = loop.after(request.timeoutMs, () => this.#onTimeout());
  }

  #makeStdin(fd: Fd): Inflow {
    const onDone = (): void => this.#closeStdin(); // EPIPE as well: it reads no more
    return new Inflow(this.#context, fd, { stream: this.#stream, channel: STDIN }, { kind: 'pollable', onDone });
  }

  #makeOutput(fd: Fd, channel: 1 | 2): Outflow {
    const onEnd = (): void => this.#settle();
    const leftOver = (left: Fd): void => this.#context.drains.add(left);
    return new Outflow(this.#context, fd, { stream: this.#stream, channel }, { kind: 'pollable', onEnd, leftOver });
  }

  #signal(name: string): void {
    const signal = parseSignalOrThrow(name);
    if (this.#status !== null) return;
    if (signal === SIGKILL) this.#launched.tree.kill();
    else this.#launched.tree.signal(signal);
  }

  #onTimeout(): void {
    this.#timedOut = true;
    this.#calmDown = endTree(this.#context.loop, this.#launched.tree, SIGTERM, GRACE_MS);
  }

  #onExit(status: WaitStatus): void {
    this.#status = status;
    this.#timeout?.cancel();
    // Who was told to end ends with all it started; otherwise its background programs live on.
    if (this.#timedOut) this.#launched.tree.kill();
    this.#calmDown();
    this.#launched.tree.release();
    if (this.#over) return;
    this.#settle();
    if (this.#over) return;
    this.#linger = this.#context.loop.after(LINGER_MS, () => {
      for (const output of this.#outputs) output.finish(PIPE_SIZE);
    });
  }

  /** Says how it ended once that is known and all output is sent. */
  #settle(): void {
    if (this.#over || this.#status === null || this.#outputs.some((output) => !output.ended)) return;
    this.#cleanUp();
    const exit = exitOf(this.#status);
    this.#stream.message({ is: 'exit', exit: this.#timedOut ? { ...exit, timedOut: true } : exit });
    this.#stream.close();
  }

  /** The host gave the stream up, or is gone. */
  #hangUp(): void {
    if (this.#over) return;
    this.#cleanUp();
    if (this.#status === null) this.#calmDown = endTree(this.#context.loop, this.#launched.tree, SIGHUP, GRACE_MS);
  }

  #cleanUp(): void {
    this.#over = true;
    this.#timeout?.cancel();
    this.#linger?.cancel();
    for (const output of this.#outputs) output.stop();
    this.#stdin?.stop();
    this.#closeStdin();
  }

  #closeStdin(): void {
    if (this.#stdinFd !== null) this.#context.sys.close(this.#stdinFd);
    this.#stdinFd = null;
  }
}
