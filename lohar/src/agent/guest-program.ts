/** A program of the sandbox's own image that works for the agent: tar, rm. Its complaints become the error. */
import { AGAIN, type Fd, SysError, type WaitStatus, type Watch } from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { STDIN, STDOUT } from '@bhatti/wire/messages.ts';
import { SIGHUP, signalName } from '../unit/value/signal.ts';
import type { AgentContext, GuestStream } from './context.ts';
import { GRACE_MS } from './exec.ts';
import type { Target } from './flow.ts';
import { Inflow } from './inflow.ts';
import { endTree, type Launched } from './launch.ts';
import { launchPiped } from './launch-piped.ts';
import { Outflow } from './outflow.ts';

/** What is kept of the complaints, the last of them. */
const COMPLAINTS_SIZE_MAX = 2048;
const ENVIRONMENT = { LC_ALL: 'C.UTF-8', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

export interface GuestProgram {
  /** "pack /workspace": what cannot be done when it fails. */
  readonly action: string;
  readonly argv: readonly string[];
  readonly user: string;
  /** Bytes of the stream go to its standard input. */
  readonly takesInput: boolean;
}

/** Runs it; the stream is closed when it has ended, with an error unless it ended with 0. */
export function serveByProgram(context: AgentContext, stream: GuestStream, program: GuestProgram): void {
  new Running(context, stream, program);
}

class Running {
  readonly #context: AgentContext;
  readonly #stream: GuestStream;
  readonly #program: GuestProgram;
  readonly #launched: Launched;
  readonly #output: Outflow;
  readonly #complaints: Complaints;
  readonly #input: Inflow | null;
  #inputFd: Fd | null;
  #status: WaitStatus | null = null;
  #calmDown: () => void = () => undefined;

  constructor(context: AgentContext, stream: GuestStream, program: GuestProgram) {
    this.#context = context;
    this.#stream = stream;
    this.#program = program;
    const { argv, user, takesInput } = program;
    const piped = launchPiped(context, { argv, env: ENVIRONMENT, cwd: '/', user }, { stdin: takesInput });
    this.#launched = piped;
    const onEnd = (): void => this.#settle();
    this.#output = new Outflow(context, piped.stdout, { stream, channel: STDOUT }, { onEnd });
    this.#complaints = new Complaints(context, piped.stderr, onEnd);
    this.#inputFd = piped.stdin;
    const onDone = (): void => this.#closeInput();
    const target: Target = { stream, channel: STDIN };
    this.#input = piped.stdin === null ? null : new Inflow(context, piped.stdin, target, { onDone });
    stream.handle({
      onData: (channel, bytes) => {
        if (channel !== STDIN || !this.#input) stream.violate(`nothing reads channel ${channel}`);
        else this.#input.take(bytes);
      },
      onEnd: () => this.#input?.finish(),
      onWritable: () => this.#output.wake(),
      onClose: () => this.#abandon(),
    });
    context.loop.onExit(piped.pid, (status) => {
      this.#status = status;
      this.#calmDown();
      this.#launched.tree.release();
      this.#settle();
    });
  }

  #settle(): void {
    const status = this.#status;
    if (status === null || !this.#output.ended || !this.#complaints.ended) return;
    this.#input?.stop();
    this.#closeInput();
    if (this.#stream.closed) return;
    const good = 'code' in status && status.code === 0;
    this.#stream.close(good ? undefined : failed(this.#program, status, this.#complaints.text));
  }

  #abandon(): void {
    this.#output.stop();
    this.#input?.stop();
    this.#closeInput();
    if (this.#status === null) this.#calmDown = endTree(this.#context.loop, this.#launched.tree, SIGHUP, GRACE_MS);
  }

  #closeInput(): void {
    if (this.#inputFd !== null) this.#context.sys.close(this.#inputFd);
    this.#inputFd = null;
  }
}

/** Reads a pipe to its end and keeps the last of it. */
class Complaints {
  readonly #context: AgentContext;
  readonly #onEnd: () => void;
  readonly #watch: Watch | null;
  #fd: Fd | null;
  #kept: Uint8Array = new Uint8Array(0);

  constructor(context: AgentContext, fd: Fd | null, onEnd: () => void) {
    this.#context = context;
    this.#fd = fd;
    this.#onEnd = onEnd;
    this.#watch = fd === null ? null : context.loop.watch(fd, 'in', () => this.#read(fd));
  }

  get ended(): boolean {
    return this.#fd === null;
  }

  get text(): string {
    return new TextDecoder().decode(this.#kept).trim();
  }

  #read(fd: Fd): void {
    const { sys, frame } = this.#context;
    const size = this.#readSome(fd);
    if (size === AGAIN) return;
    if (size > 0) {
      const both = new Uint8Array(this.#kept.length + size);
      both.set(this.#kept);
      both.set(frame.subarray(0, size), this.#kept.length);
      this.#kept = both.slice(-COMPLAINTS_SIZE_MAX);
      return;
    }
    this.#watch?.stop();
    sys.close(fd);
    this.#fd = null;
    this.#onEnd();
  }

  #readSome(fd: Fd): number {
    try {
      return this.#context.sys.read(fd, this.#context.frame.subarray(0, COMPLAINTS_SIZE_MAX));
    } catch (error) {
      if (error instanceof SysError) return 0;
      throw error;
    }
  }
}

function failed({ action, argv }: GuestProgram, status: WaitStatus, complaints: string): BhattiError {
  const ended = 'code' in status ? `status ${status.code}` : `SIG${signalName(status.signal)}`;
  const why = complaints === '' ? `${argv[0]} ended with ${ended}` : complaints;
  const full = /No space left on device|Disk quota exceeded|Wrote only \d+ of \d+ bytes/.test(complaints);
  return new BhattiError(full ? 'file.no-space' : 'file.failed', `cannot ${action}: ${why}`, {
    remedy: full
      ? 'bhatti exec SANDBOX -- df -h shows where; remove something'
      : 'the message is the one that a program in the sandbox gave',
  });
}
