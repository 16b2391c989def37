/**
 * The guest's end of the wire protocol: answers the host's hello, then serves its streams until another host comes.
 *
 * What survives what: a host that goes or changes closes all streams (commands with pipes get SIGHUP, sessions are
 * detached). After a crash PID 1 executes itself anew and begins here again: it says so, the host greets it with the streams
 * it has, and commands and sessions go on where both sides are (docs/immortal.md).
 */
import { O_NOCTTY, O_NONBLOCK, O_RDWR } from '@bhatti/runtime/linux/constants.ts';
import type { Fd, Loop, Sys } from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { DATA_HEAD_SIZE } from '@bhatti/wire/frame.ts';
import { DATA_SIZE_MAX, TRAILER_SIZE, WINDOW_TO_HOST_MAX } from '@bhatti/wire/limits.ts';
import { Link } from '@bhatti/wire/link.ts';
import { type Event, type HostHello, PROTOCOL_VERSION, type Request } from '@bhatti/wire/messages.ts';
import type { Kept } from '../kept/kept.ts';
import { Accounts } from './accounts.ts';
import { readActivity } from './activity.ts';
import { decodeBase64 } from './base64.ts';
import { Blocks } from './blocks.ts';
import { ClockSource } from './clock-source.ts';
import { serveConnect } from './connect.ts';
import type { AgentContext, AgentHooks, GuestStream, RequestOf } from './context.ts';
import { Drains } from './drains.ts';
import { restoreExecs, serveExec } from './exec.ts';
import { serveRead } from './file-read.ts';
import { serveWrite } from './file-write.ts';
import { serveList, serveMkdir, serveStat } from './files.ts';
import { serveRemove, serveTarRead, serveTarWrite } from './folders.ts';
import { resumeLasting } from './lasting.ts';
import { OutputCopies } from './output-copy.ts';
import { Port } from './port.ts';
import { CgroupTrees } from './process-tree.ts';
import type { Resumable } from './resumable.ts';
import { SandboxEnvironment } from './sandbox-environment.ts';
import { SESSION_KEY } from './session-record.ts';
import { makeSessions, type Sessions } from './sessions.ts';
import { readStats, serveTimeSpawn } from './stats.ts';

/** How long a goodbye may take to leave. */
const GOODBYE_MS = 1000;
const GOODBYE_LOOK_MS = 10;
const EPOCH_KEY = 'epoch';

export interface AgentOptions {
  readonly sys: Sys;
  readonly loop: Loop;
  /** The host's end: a virtio-serial port opened O_RDWR | O_NONBLOCK, or a connected socket. */
  readonly port: Fd;
  readonly hooks: AgentHooks;
  /** Where cgroup2 is mounted. */
  readonly cgroupRoot: string;
  /** Folder for what must outlive a re-execution, and of the file that units write variables to. */
  readonly stateFolder: string;
  readonly kept: Kept;
  /** No host is there any more. */
  readonly onGone?: () => void;
}

/** Flags for opening a port. */
export const PORT_FLAGS = O_RDWR | O_NONBLOCK | O_NOCTTY;

export interface Agent {
  /** default.target was reached. */
  booted(): void;
  /** Tells the host that the end is meant; `done` is called when the words have left, or after a second. */
  goodbye(action: 'poweroff' | 'reboot', done: () => void): void;
}

export function startAgent(options: AgentOptions): Agent {
  return new RunningAgent(options);
}

type Servers = { readonly [O in Request['op']]: (stream: GuestStream, request: RequestOf<O>) => void };

class RunningAgent implements Agent {
  readonly #context: AgentContext;
  #madeSessions: Sessions | null = null;
  readonly #port: Port;
  readonly #link: Link<'guest'>;
  readonly #listeners = new Set<GuestStream>();
  /** By their streams, until a host is there after a re-execution. */
  readonly #waiting = new Map<number, Resumable>();
  readonly #servers: Servers;
  readonly #clockSource: ClockSource;

  constructor(options: AgentOptions) {
    const { sys, loop, hooks, kept } = options;
    this.#context = {
      sys,
      loop,
      hooks,
      accounts: new Accounts(sys),
      trees: new CgroupTrees(sys, loop, options.cgroupRoot),
      drains: new Drains(sys, loop, kept),
      kept,
      copies: new OutputCopies(sys, kept),
      whenSent: (run) => this.#port.whenSent(run),
      environment: new SandboxEnvironment(sys, options.stateFolder),
      lasting: new Map(),
      wide: { count: 0 },
      blocks: new Blocks(sys),
      frame: new Uint8Array(DATA_HEAD_SIZE + DATA_SIZE_MAX + TRAILER_SIZE),
      sendFrames: (bytes, count, stride, size) => this.#port.sendFrames(bytes, count, stride, size),
      devNull: sys.open('/dev/null', O_RDWR),
    };
    this.#clockSource = new ClockSource(sys);
    this.#servers = this.#makeServers();
    this.#link = new Link<'guest'>({
      role: 'guest',
      send: (bytes) => this.#port.send(bytes),
      onHello: (hello) => this.#onHello(hello),
      onStream: (stream, request) => this.#serve(stream, request),
      onFail: (error) => hooks.log(`agent: ${error.message}`),
      probe: (bytes, byte, from, step) => sys.probe(bytes, byte, from, step),
    });
    this.#port = new Port(sys, loop, options.port, {
      onBytes: (bytes) => this.#link.receive(bytes),
      onRoom: () => this.#link.drained(),
      onGone: () => {
        this.#link.lost();
        options.onGone?.();
      },
      onOverflow: () => this.#link.abandon(hostStuck()),
    });
    const sessions = kept.has(SESSION_KEY) ? this.#sessions.restore() : [];
    for (const one of [...restoreExecs(this.#context), ...sessions]) this.#waiting.set(one.point.id, one);
    const epoch = kept.takeOne(EPOCH_KEY);
    this.#link.start(epoch === undefined ? undefined : { epoch, image: String(sys.monotonicMs()) });
  }

  /** Read when the first one begins: most sandboxes only run commands. */
  get #sessions(): Sessions {
    this.#madeSessions ??= makeSessions(this.#context);
    return this.#madeSessions;
  }

  booted(): void {
    this.#tell({ is: 'booted' });
  }

  goodbye(action: 'poweroff' | 'reboot', done: () => void): void {
    const { loop, sys } = this.#context;
    this.#tell({ is: 'goodbye', action });
    const deadline = sys.monotonicMs() + GOODBYE_MS;
    const look = (): void => {
      if (this.#port.queued === 0 || sys.monotonicMs() > deadline) done();
      else loop.after(GOODBYE_LOOK_MS, look);
    };
    look();
  }

  #tell(event: Event): void {
    for (const stream of this.#listeners) stream.message(event);
  }

  #onHello(hello: HostHello): void {
    this.#port.drop();
    const { hooks, kept, sys } = this.#context;
    kept.put(EPOCH_KEY, hello.epoch);
    const report = hooks.repairHello(decodeBase64(hello.entropy), hello.timeMs);
    const goingOn = (hello.streams ?? []).flatMap((host) => {
      const one = this.#waiting.get(host.id);
      this.#waiting.delete(host.id);
      return one === undefined ? [] : [{ host, one, point: one.point }];
    });
    for (const one of this.#waiting.values()) one.giveUp();
    this.#waiting.clear();
    this.#link.hello({
      version: PROTOCOL_VERSION,
      epoch: hello.epoch,
      lohar: hooks.version,
      arch: hooks.arch,
      clockSource: this.#clockSource.get(),
      uptimeMs: Math.round(sys.monotonicMs()),
      booted: hooks.booted(),
      report,
      ...(hooks.trouble === undefined ? {} : { trouble: hooks.trouble }),
      streams: goingOn.map(({ point }) => point),
      windowMax: WINDOW_TO_HOST_MAX,
    });
    for (const { host, one, point } of goingOn) one.resume(this.#link.takeUp(host, point.ended), host);
  }

  #serve<O extends Request['op']>(stream: GuestStream, request: RequestOf<O>): void {
    const serve: Servers[O] = this.#servers[request.op as O];
    serve(stream, request);
  }

  #makeServers(): Servers {
    const context = this.#context;
    const sessions = (): Sessions => this.#sessions;
    return {
      prepare: (stream, request) => this.#prepare(stream, request),
      wake: (stream, request) => {
        stream.message({ is: 'woken', report: context.hooks.repairWake(request) });
        stream.close();
      },
      exec: (stream, request) => {
        if (request.tty || request.session !== undefined) sessions().begin(stream, request);
        else serveExec(context, stream, request);
      },
      resume: (stream, request) => resumeLasting(context, stream, request),
      attach: (stream, request) => sessions().attach(stream, request),
      'session.list': (stream) => sessions().list(stream),
      'session.kill': (stream, request) => sessions().kill(stream, request),
      'file.read': (stream, request) => serveRead(context, stream, request),
      'file.write': (stream, request) => serveWrite(context, stream, request),
      'file.list': (stream, request) => serveList(context, stream, request),
      'file.stat': (stream, request) => serveStat(context, stream, request),
      'file.mkdir': (stream, request) => serveMkdir(context, stream, request),
      'file.remove': (stream, request) => serveRemove(context, stream, request),
      'tar.read': (stream, request) => serveTarRead(context, stream, request),
      'tar.write': (stream, request) => serveTarWrite(context, stream, request),
      connect: (stream, request) => serveConnect(context, stream, request),
      activity: (stream) => {
        const running = this.#madeSessions?.running ?? [];
        stream.message({ is: 'activity', activity: readActivity(context.sys, running, context.hooks.timerMs()) });
        stream.close();
      },
      stats: (stream) => {
        stream.message({ is: 'stats', stats: readStats(context.sys, this.#madeSessions?.running.length ?? 0) });
        stream.close();
      },
      'time-spawn': (stream, request) => serveTimeSpawn(context, stream, request),
      power: (stream, request) => {
        stream.close();
        context.hooks.power(request.action);
      },
      events: (stream) => this.#listen(stream),
    };
  }

  #prepare(stream: GuestStream, request: RequestOf<'prepare'>): void {
    const { environment, hooks, lasting } = this.#context;
    environment.set(request.env);
    // Whoever waits for them waits for those of the sandbox that this one was forked from.
    for (const command of [...lasting.values()]) this.#sessions.adopt(() => command.orphan());
    hooks.repairPrepare(request, (report) => {
      stream.message({ is: 'prepared', report });
      stream.close();
    });
  }

  #listen(stream: GuestStream): void {
    this.#listeners.add(stream);
    stream.handle({ onClose: () => this.#listeners.delete(stream) });
    if (this.#context.hooks.booted()) stream.message({ is: 'booted' });
  }
}

function hostStuck(): BhattiError {
  return new BhattiError('link.lost', 'cannot go on: the host has not read what the guest sent', {
    remedy: 'restart the daemon: bhatti serve',
  });
}
