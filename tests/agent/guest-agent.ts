/** Drives the real agent in the real binary over a unix socket, with the link that the host uses. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { connect, type Socket } from 'node:net';
import os from 'node:os';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { BhattiError } from '@bhatti/wire/errors.ts';
import { Link } from '@bhatti/wire/link.ts';
import type { Channel, ExecRequest, GuestHello, GuestMessage, Request } from '@bhatti/wire/messages.ts';
import { Retained } from '@bhatti/wire/retained.ts';
import type { Stream } from '@bhatti/wire/stream.ts';
import { until, untilFound } from '../until.ts';

const PROGRAM = new URL('../../build/amd64/agent-server', import.meta.url).pathname;
/** Where this machine has cgroup2, alone or beside version 1. */
const CGROUP_ROOT = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) => fs.existsSync(`${path}/cgroup.procs`));

export const noCgroups = CGROUP_ROOT === undefined && 'needs cgroup2';

/** A connection to a server that is just starting: its socket has a name before anybody may connect to it. */
function connected(path: string): Promise<Socket> {
  const attempt = (): Promise<Socket | null> =>
    new Promise((settle) => {
      const socket = connect(path);
      socket.once('connect', () => settle(socket));
      socket.once('error', () => settle(null));
    });
  return untilFound('the agent listens', attempt);
}

/** One stream and all that came on it. */
export class Call {
  readonly stream: Stream<'host'>;
  readonly messages: GuestMessage[] = [];
  readonly ends: Channel[] = [];
  /** Error of the CLOSE; undefined when all went well. */
  readonly closed: Promise<BhattiError | undefined>;
  /** While true the reader takes bytes and gives no credit back. */
  stalled = false;
  /** Bytes given to the link. */
  sent = 0;
  readonly #chunks: [Buffer[], Buffer[], Buffer[]] = [[], [], []];
  readonly #owed: [number, number, number] = [0, 0, 0];
  readonly #sizes: [number, number, number] = [0, 0, 0];
  readonly #keep: boolean;
  #wake: () => void = () => undefined;

  constructor(link: Link<'host'>, request: Request, keep: boolean) {
    this.#keep = keep;
    const closed = Promise.withResolvers<BhattiError | undefined>();
    this.closed = closed.promise;
    this.stream = link.open(request, {
      onMessage: (message) => this.messages.push(message),
      onData: (channel, bytes) => this.#take(channel, bytes),
      onEnd: (channel) => this.ends.push(channel),
      onWritable: () => this.#wake(),
      onClose: (error) => {
        closed.resolve(error);
        this.#wake();
      },
    });
  }

  #take(channel: Channel, bytes: Uint8Array): void {
    if (this.#keep) this.#chunks[channel].push(Buffer.from(bytes));
    this.#sizes[channel] += bytes.length;
    this.#owed[channel] += bytes.length;
    if (!this.stalled) this.resume();
  }

  resume(): void {
    this.stalled = false;
    for (const channel of [0, 1, 2] as const) {
      this.stream.consumed(channel, this.#owed[channel]);
      this.#owed[channel] = 0;
    }
  }

  size(channel: Channel): number {
    return this.#sizes[channel];
  }

  bytes(channel: Channel): Buffer {
    return Buffer.concat(this.#chunks[channel]);
  }

  text(channel: Channel): string {
    return this.bytes(channel).toString();
  }

  /** The message of that kind. @throws Error when there is none */
  message<K extends GuestMessage['is']>(kind: K): Extract<GuestMessage, { is: K }> {
    const found = this.messages.find((message) => message.is === kind);
    if (!found) throw new Error(`no ${kind} among ${JSON.stringify(this.messages)}`);
    return found as Extract<GuestMessage, { is: K }>;
  }

  /** "code 3" or "SIGTERM". */
  get exit(): string {
    const { exit } = this.message('exit');
    return `${'code' in exit ? `code ${exit.code}` : exit.signal}${exit.timedOut ? ', timed out' : ''}`;
  }

  /** Sends everything, as fast as credit comes; then END. */
  async send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.stream.closed; ) {
      const room = this.stream.writable(0);
      if (room === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      const piece = bytes.subarray(at, at + Math.min(room, 256 * 1024));
      this.stream.write(0, piece);
      this.sent += piece.length;
      at += piece.length;
    }
    this.stream.end(0);
  }
}

export class GuestAgent {
  readonly folder: string;
  readonly process: ChildProcess;
  readonly socket: Socket;
  readonly errors: string[] = [];
  link: Link<'host'>;
  hello: GuestHello | undefined;
  /** How often the agent answered a greeting. */
  hellos = 0;
  failure: BhattiError | undefined;

  readonly #cgroup: string | null;

  private constructor(folder: string, cgroup: string | null, process: ChildProcess, socket: Socket) {
    this.folder = folder;
    this.#cgroup = cgroup;
    this.process = process;
    this.socket = socket;
    this.link = this.#makeLink();
    socket.on('data', (bytes) => this.link.receive(bytes));
    socket.on('drain', () => this.link.drained());
    socket.on('error', () => undefined);
    process.stderr?.on('data', (bytes) => this.errors.push(String(bytes)));
  }

  /** Starts an agent of its own for one test; it is ended with the test. */
  static async start(t: TestContext): Promise<GuestAgent> {
    const folder = fs.mkdtempSync(join(os.tmpdir(), 'bhatti-agent-'));
    fs.chmodSync(folder, 0o755);
    const path = join(folder, 'port');
    const cgroup = CGROUP_ROOT ? `${CGROUP_ROOT}/${basename(folder)}` : null;
    if (cgroup) fs.mkdirSync(cgroup);
    const process = spawn(PROGRAM, [path, folder, cgroup ?? '/nonexistent'], { stdio: ['ignore', 'inherit', 'pipe'] });
    t.after(async () => {
      process.kill('SIGKILL');
      if (cgroup) await removeCgroup(cgroup);
      fs.rmSync(folder, { recursive: true, force: true });
    });
    const socket = await connected(path);
    const agent = new GuestAgent(folder, cgroup, process, socket);
    t.after(() => socket.destroy());
    agent.link.start();
    await until('the agent answers', () => agent.link.up);
    return agent;
  }

  #makeLink(): Link<'host'> {
    const epoch = randomBytes(8).toString('hex');
    const link: Link<'host'> = new Link<'host'>({
      role: 'host',
      send: (bytes) => this.socket.write(bytes),
      greeting: () => ({ version: 1, epoch, entropy: randomBytes(32).toString('base64'), timeMs: Date.now() }),
      retain: () => new Retained(),
      onHello: (hello) => {
        this.hello = hello;
        this.hellos++;
      },
      onFail: (error) => {
        this.failure = error;
      },
    });
    return link;
  }

  /** Another host takes over on the same port, as after a fork. */
  async takeOver(): Promise<void> {
    const old = this.link;
    this.link = this.#makeLink();
    this.link.start();
    await until('the agent answers the next host', () => this.link.up);
    old.lost();
  }

  call(request: Request, keep = true): Call {
    return new Call(this.link, request, keep);
  }

  /** A call that sends nothing, awaited to its end. @throws the error of its CLOSE */
  async ask(request: Request): Promise<Call> {
    const call = this.call(request);
    const error = await call.closed;
    if (error) throw error;
    return call;
  }

  /** A command as root, awaited to its end. @throws the error of its CLOSE */
  async exec(argv: readonly string[], also: Partial<ExecRequest> = {}): Promise<Call> {
    return this.ask(execOf(argv, also));
  }

  /** Resident memory of the agent in KiB. */
  residentKib(): number {
    const status = fs.readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  }

  /** Cgroups of execs that have a process. */
  cgroups(): string[] {
    const slice = `${this.#cgroup}/bhatti.slice`;
    if (!this.#cgroup || !fs.existsSync(slice)) return [];
    return foldersIn(slice).filter((name) =>
      unlessGone(() => fs.readFileSync(`${slice}/${name}/cgroup.procs`, 'utf8')),
    );
  }

  /** Processor time used so far, in clock ticks. */
  processorTicks(): number {
    const fields = fs.readFileSync(`/proc/${this.process.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  }

  contextSwitches(): number {
    const status = fs.readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
    return [...status.matchAll(/ctxt_switches:\s+(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** Open descriptors once what it closes after its last words is closed: an answer to a later question says so. */
  async descriptorsAtRest(): Promise<number> {
    await this.ask({ op: 'stats' });
    return this.openDescriptors();
  }

  /** Open descriptors but those of spare cgroups and of spare copies of output. */
  openDescriptors(): number {
    const folder = `/proc/${this.process.pid}/fd`;
    const targets = fs.readdirSync(folder).map((fd) => unlessGone(() => fs.readlinkSync(`${folder}/${fd}`)));
    const kept = /^\/(sys\/fs\/cgroup|memfd:bhatti-output)/;
    return targets.filter((target) => target !== null && !kept.test(target)).length;
  }
}

/** What a read of /proc or /sys gives; null when its subject has gone since it was listed. */
function unlessGone<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ENODEV', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

const foldersIn = (path: string): string[] =>
  fs.readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

/** Kills what is in a cgroup and removes it with all below it. */
async function removeCgroup(path: string): Promise<void> {
  fs.writeFileSync(`${path}/cgroup.kill`, '1');
  await until(`${path} is empty`, () => /populated 0/.test(fs.readFileSync(`${path}/cgroup.events`, 'utf8')));
  for (const name of foldersIn(path)) await removeCgroup(`${path}/${name}`);
  fs.rmdirSync(path);
}

export function execOf(argv: readonly string[], also: Partial<ExecRequest> = {}): ExecRequest {
  return { op: 'exec', argv, env: {}, stdin: false, user: 'root', ...also };
}

export function sh(script: string, also: Partial<ExecRequest> = {}): ExecRequest {
  return execOf(['/bin/sh', '-c', script], also);
}
