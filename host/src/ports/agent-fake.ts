/** A guest in memory: files in a map, and the few commands that tests of operations and API need. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import {
  type Channel,
  type Exit,
  type FileStat,
  type GuestActivity,
  type GuestHello,
  type GuestMessage,
  type HostMessage,
  PROTOCOL_VERSION,
  type Request,
  type SessionInfo,
  STDERR,
  STDIN,
  STDOUT,
} from '@bhatti/wire/messages.ts';
import type { Agent, AgentStream } from './agent.ts';

/** Values that somebody puts in and somebody else takes out, until it is ended or broken. */
class Queue<T> implements AsyncIterable<T> {
  readonly #values: T[] = [];
  #ended = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  push(value: T): void {
    this.#values.push(value);
    this.#wake?.();
  }
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake?.();
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const value = this.#values.shift();
      if (value !== undefined) {
        yield value;
        continue;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

class FakeStream implements AgentStream {
  readonly messages = new Queue<GuestMessage>();
  readonly heard = new Queue<HostMessage>();
  readonly closed: Promise<void>;
  readonly #channels = new Map<Channel, Queue<Uint8Array>>();
  #settle: (error?: unknown) => void = () => {};
  #open = true;

  constructor() {
    this.closed = new Promise<void>((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.closed.catch(() => {});
  }

  queue(channel: Channel): Queue<Uint8Array> {
    const queue = this.#channels.get(channel) ?? new Queue<Uint8Array>();
    this.#channels.set(channel, queue);
    return queue;
  }
  /** Bytes of the host come in by channel 0, those of the guest go out by the others; a file's use 0 and 1. */
  channel(channel: Channel): AsyncIterable<Uint8Array> {
    return this.queue(channel);
  }
  borrow(channel: Channel): AsyncIterable<Uint8Array> {
    return this.channel(channel);
  }
  async write(channel: Channel, bytes: Uint8Array): Promise<void> {
    if (!this.#open) throw new BhattiError('link.lost', 'cannot write: the stream is closed', { remedy: 'try again' });
    this.queue(channel).push(new Uint8Array(bytes)); // slice() of a Buffer is no copy
  }
  async writeAll(channel: Channel, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    for await (const bytes of content) await this.write(channel, bytes);
  }
  end(channel: Channel): void {
    this.queue(channel).end();
  }
  send(message: HostMessage): void {
    this.heard.push(message);
  }
  close(): void {
    // What reads our input must not take this for its end.
    if (this.#open) this.queue(STDIN).end(new Error('the host gave the stream up'));
    this.finish();
  }
  finish(error?: unknown): void {
    if (!this.#open) return;
    this.#open = false;
    for (const channel of [STDIN, STDOUT, STDERR] as const) this.queue(channel).end(error);
    this.messages.end(error);
    this.heard.end();
    this.#settle(error);
  }
}

const text = new TextEncoder();

const PROGRAMS: readonly string[] = ['echo', 'cat', 'exit', 'env', 'fail', 'wait', '/bin/sh'];

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

function notFound(path: string): BhattiError {
  return new BhattiError('file.not-found', `cannot open ${path}: no such file or directory`, {
    remedy: 'bhatti file ls',
  });
}

type ExecRequest = Extract<Request, { op: 'exec' }>;

export class FakeAgent implements Agent {
  readonly hello: GuestHello = {
    version: PROTOCOL_VERSION,
    epoch: 'fake',
    lohar: '0.0.0',
    arch: 'amd64',
    clockSource: 'tsc',
    uptimeMs: 1,
    booted: true,
    report: [],
  };
  readonly files: Map<string, Uint8Array>;
  readonly sessions = new Map<string, SessionInfo>();
  /** Programs a test brings along: what they write. */
  readonly outputs = new Map<string, Uint8Array>();
  /** What the guest does. */
  activity: GuestActivity = { processorMs: 0, uptimeMs: 1, blocked: 0, jobs: 0 };
  /** Every request in order, for assertions. */
  readonly seen: Request[] = [];
  /** How each `wait` ended. */
  readonly ends: ('closed' | 'detached' | 'signalled')[] = [];
  readonly #streams = new Set<FakeStream>();
  readonly #answers: Promise<void>[] = [];

  constructor(files: Map<string, Uint8Array> = new Map()) {
    this.files = files;
  }

  open(request: Request): AgentStream {
    this.seen.push(request);
    const stream = new FakeStream();
    this.#streams.add(stream);
    const answer = this.#answer(request, stream).then(
      () => stream.finish(),
      (error) => stream.finish(error),
    );
    this.#answers.push(answer);
    return stream;
  }

  /** Resolves when every request so far has been answered to its end. */
  async settled(): Promise<void> {
    await Promise.all(this.#answers);
  }

  /** The VM is gone: every stream breaks. */
  lose(): void {
    const lost = new BhattiError('link.lost', 'cannot reach the guest: the link is lost', { remedy: 'bhatti inspect' });
    for (const stream of this.#streams) stream.finish(lost);
  }

  async #answer(request: Request, stream: FakeStream): Promise<void> {
    switch (request.op) {
      case 'exec':
        return this.#exec(request, stream);
      case 'activity':
        stream.messages.push({ is: 'activity', activity: { ...this.activity, uptimeMs: performance.now() } });
        return;
      case 'session.list':
        stream.messages.push({ is: 'sessions', sessions: [...this.sessions.values()] });
        return;
      case 'file.read': {
        const bytes = this.#file(request.path);
        stream.messages.push({ is: 'stat', stat: this.#stat(request.path) });
        const end = request.limit === undefined ? bytes.length : request.offset + request.limit;
        stream.queue(STDOUT).push(bytes.slice(request.offset, end));
        return;
      }
      case 'file.write':
        this.files.set(request.path, await bytesOf(stream.channel(STDIN)));
        stream.messages.push({ is: 'stat', stat: this.#stat(request.path) });
        return;
      case 'file.stat':
        stream.messages.push({ is: 'stat', stat: this.#stat(request.path) });
        return;
      case 'file.list':
        stream.messages.push({
          is: 'entries',
          entries: [...this.files.keys()].map((p) => this.#stat(p)),
          truncated: false,
        });
        return;
      case 'file.remove':
        this.#file(request.path);
        this.files.delete(request.path);
        return;
      case 'connect':
        stream.messages.push({ is: 'connected' });
        for await (const bytes of stream.channel(STDIN)) stream.queue(STDOUT).push(bytes);
        return;
      default:
        throw new BhattiError('internal', `cannot do ${request.op}: the fake guest does not know it`, { remedy: '-' });
    }
  }

  /** Knows: echo WORDS, cat, sh -c 'exit N' as exit N, env, fail (on stderr), wait (for a signal). */
  async #exec(request: ExecRequest, stream: FakeStream): Promise<void> {
    const [command = '', ...rest] = request.argv;
    const out = (line: string) => stream.queue(STDOUT).push(text.encode(line));
    const session = request.tty === undefined ? undefined : (request.session ?? 's1');
    if (!PROGRAMS.includes(command) && !this.outputs.has(command)) {
      throw new BhattiError('exec.not-found', `cannot run ${command}: no such file`, { remedy: 'check the path' });
    }
    stream.messages.push({ is: 'started', pid: 7, ...(session === undefined ? {} : { session }) });
    if (session !== undefined) {
      this.sessions.set(session, {
        id: session,
        argv: request.argv,
        pid: 7,
        user: request.user ?? 'lohar',
        tty: true,
        attached: true,
        startedMs: 1,
      });
    }
    let exit: Exit = { code: 0 };
    if (command === 'echo') out(`${rest.join(' ')}\n`);
    if (command === 'env') for (const [name, value] of Object.entries(request.env)) out(`${name}=${value}\n`);
    if (command === 'exit') exit = { code: Number(rest[0]) };
    if (command === 'fail') stream.queue(STDERR).push(text.encode('it failed\n'));
    if (command === 'cat') for await (const bytes of stream.channel(STDIN)) stream.queue(STDOUT).push(bytes);
    const output = this.outputs.get(command);
    if (output !== undefined) stream.queue(STDOUT).push(output);
    if (command === 'wait' || command === '/bin/sh') {
      const message = await stream.heard[Symbol.asyncIterator]().next();
      const how = message.done ? 'closed' : message.value.is === 'detach' ? 'detached' : 'signalled';
      this.ends.push(how);
      if (how === 'detached') return;
      if (message.value?.is === 'signal') exit = { signal: message.value.signal };
    }
    stream.queue(STDOUT).end();
    stream.queue(STDERR).end();
    stream.messages.push({ is: 'exit', exit });
  }

  #file(path: string): Uint8Array {
    const bytes = this.files.get(path);
    if (bytes === undefined) throw notFound(path);
    return bytes;
  }

  #stat(path: string): FileStat {
    return { path, type: 'file', size: this.#file(path).length, mode: 0o644, uid: 1000, gid: 1000, mtimeMs: 1 };
  }
}
