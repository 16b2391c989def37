/** All sessions by name. Exited ones are kept for a while, so that one can still see how they ended. */
import type { Fd } from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { SessionInfo } from '@bhatti/wire/messages.ts';
import { SESSIONS_MAX } from '@bhatti/wire/schema.ts';
import { parseSignalOrThrow } from './agent-errors.ts';
import type { AgentContext, GuestStream, RequestOf } from './context.ts';
import { type Launched, launch } from './launch.ts';
import { launchPiped } from './launch-piped.ts';
import { type Resumable, restoreEach } from './resumable.ts';
import { makeSession, type Session } from './session.ts';
import { type Orphan, SESSION_KEY, type SessionRecord, shownArguments } from './session-record.ts';

/** Sessions that have ended and are kept, the newest ones. */
const EXITED_MAX = 16;

export function makeSessions(context: AgentContext): Sessions {
  return new Sessions(context);
}

export class Sessions {
  readonly #context: AgentContext;
  /** In the order they began. */
  readonly #byId = new Map<string, Session>();
  #next = 1;

  constructor(context: AgentContext) {
    this.#context = context;
  }

  get running(): SessionInfo[] {
    return [...this.#byId.values()].filter((session) => session.exit === null).map((session) => session.info);
  }

  /** Begins a session with its first client. @throws BhattiError session.exists | stream.limit | those of launch() */
  begin(stream: GuestStream, request: RequestOf<'exec'>): void {
    this.#forget(EXITED_MAX);
    const id = this.#freeId(request.session);
    if (this.#byId.size >= SESSIONS_MAX) throw tooMany();
    const session = this.#launch(id, request);
    this.#drop(id); // an exited one of that name
    this.#byId.set(id, session);
    session.attach(stream, request.keep);
  }

  /** Goes on with a command whose client is another sandbox's, unless there are too many sessions. */
  adopt(orphan: () => Orphan | null): void {
    this.#forget(EXITED_MAX);
    if (this.#byId.size >= SESSIONS_MAX) return;
    const found = orphan();
    if (found === null) return;
    const id = this.#freeId(undefined);
    this.#byId.set(id, makeSession(this.#context, { ...found.record, id }, found.tree, found.copy));
  }

  attach(stream: GuestStream, request: RequestOf<'attach'>): void {
    const session = this.#find(request.session);
    session.resize(request.rows, request.cols);
    session.attach(stream, request.keep);
  }

  list(stream: GuestStream): void {
    this.#forget(EXITED_MAX);
    stream.message({ is: 'sessions', sessions: [...this.#byId.values()].map((session) => session.info) });
    stream.close();
  }

  kill(stream: GuestStream, request: RequestOf<'session.kill'>): void {
    this.#find(request.session).kill(parseSignalOrThrow(request.signal));
    stream.close();
  }

  /** Takes up the sessions of the image of PID 1 before this one. @returns their clients */
  restore(): Resumable[] {
    const { copies, trees } = this.#context;
    const restored = restoreEach(this.#context, SESSION_KEY, (text, id) => {
      const record = JSON.parse(text) as SessionRecord;
      const tree = trees.adopt(record.status === null ? record.tree : null, record.pid);
      const session = makeSession(this.#context, record, tree, copies.adopt(record.copy));
      return { id, session, waiting: session.waiting };
    });
    restored.sort((a, b) => a.session.info.startedMs - b.session.info.startedMs);
    for (const { id, session } of restored) this.#byId.set(id, session);
    return restored.flatMap(({ waiting }) => waiting ?? []);
  }

  #launch(id: string, request: RequestOf<'exec'>): Session {
    const { copies, sys } = this.#context;
    const { launched, output, input } = this.#open(request);
    const copy = copies.create();
    const { pid, tree, account } = launched;
    const { timeoutMs, tty } = request;
    const record: SessionRecord = {
      ...{ id, argv: shownArguments(request.argv), user: account.name, pid, tree: tree.path, tty: tty !== undefined },
      ...{ outputs: [output], input, copy: copy.fd, startedMs: sys.realtimeMs() },
      ...{ timedOut: false, status: null, client: null },
      ...(timeoutMs === undefined ? {} : { timeoutAtMs: sys.monotonicMs() + timeoutMs }),
    };
    return makeSession(this.#context, record, tree, copy);
  }

  #open(request: RequestOf<'exec'>): { launched: Launched; output: Fd; input: Fd | null } {
    const { sys } = this.#context;
    if (!request.tty) {
      const piped = launchPiped(this.#context, request, { stdin: request.stdin, joined: true });
      return { launched: piped, output: piped.stdout, input: piped.stdin };
    }
    const { rows, cols, term } = request.tty;
    const { master, slave } = sys.openPty(rows, cols);
    try {
      sys.setNonBlocking(slave, false);
      const launched = launch(this.#context, { ...request, term }, [slave, slave, slave]);
      return { launched, output: master, input: master };
    } catch (error) {
      sys.close(master);
      throw error;
    } finally {
      sys.close(slave);
    }
  }

  #freeId(wanted: string | undefined): string {
    if (wanted !== undefined) {
      if (this.#byId.get(wanted)?.exit === null) throw exists(wanted);
      return wanted;
    }
    while (this.#byId.has(`s${this.#next}`)) this.#next++;
    return `s${this.#next++}`;
  }

  #find(id: string): Session {
    const session = this.#byId.get(id);
    if (session) return session;
    throw new BhattiError('session.not-found', `cannot find session ${id}: there is none of that name`, {
      remedy: 'bhatti ps SANDBOX lists the sessions',
    });
  }

  /** Keeps the newest `keep` of those that have ended. */
  #forget(keep: number): void {
    const exited = [...this.#byId].filter(([, session]) => session.exit !== null);
    for (const [id] of exited.slice(0, Math.max(0, exited.length - keep))) this.#drop(id);
  }

  #drop(id: string): void {
    this.#byId.get(id)?.forget();
    this.#byId.delete(id);
  }
}

function exists(id: string): BhattiError {
  return new BhattiError('session.exists', `cannot begin session ${id}: one of that name runs`, {
    remedy: `attach to it, or choose another name: bhatti shell SANDBOX --session ${id}`,
  });
}

function tooMany(): BhattiError {
  return new BhattiError('stream.limit', `cannot begin a session: ${SESSIONS_MAX} are kept`, {
    remedy: 'end one of them: bhatti ps SANDBOX lists them',
  });
}
