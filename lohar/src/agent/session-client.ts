/**
 * Who watches a session, one at a time: a place in its output, and where its input comes from.
 *
 *   nobody --attach--> there --detach, stream closed--> nobody
 *   there, with a name --link lost--> awaited --resume--> there; PATIENCE_MS--> nobody
 *   there --somebody else attaches--> that one is there (this one gets session.taken)
 */
import type { Fd, Timer } from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { DATA_HEAD_SIZE } from '@bhatti/wire/frame.ts';
import { DATA_SIZE_MAX } from '@bhatti/wire/limits.ts';
import {
  type Exit,
  type GuestPoint,
  type HostMessage,
  type HostPoint,
  STDERR,
  STDIN,
  STDOUT,
} from '@bhatti/wire/messages.ts';
import type { AgentContext, GuestStream, Lasting } from './context.ts';
import type { Target } from './flow.ts';
import { Inflow } from './inflow.ts';
import { haveAll, idOfLost, mayLast, PATIENCE_MS } from './lasting.ts';
import { type OutputCopy, SCROLLBACK_SIZE } from './output-copy.ts';
import { Intake, type Resumable } from './resumable.ts';
import type { ClientRecord, SessionRecord } from './session-record.ts';

const FIRST_LINE_SIZE_MAX = 4096;
/** A client this far behind holds the program up. */
const BEHIND_MAX = SCROLLBACK_SIZE / 2;

/** What it needs of its session. */
export interface Watched {
  readonly record: SessionRecord;
  readonly copy: OutputCopy;
  /** Where input goes, while it is open. */
  readonly input: Fd | undefined;
  /** How it ended; null while it runs or output is still to come. */
  readonly exit: Exit | null;
  save(client: ClientRecord | null): void;
  obey(message: Exclude<HostMessage, { is: 'detach' }>): void;
  /** Whether the client is behind() may have changed. */
  listen(): void;
}

interface Present {
  readonly stream: GuestStream;
  readonly intake: Intake;
  readonly input: Inflow | null;
  /** Number of the next byte it gets. */
  sent: number;
  /** It was told how the session ended, and leaves when that has gone on. */
  told: boolean;
}

export class SessionClient implements Lasting {
  readonly #context: AgentContext;
  readonly #session: Watched;
  #present: Present | null = null;
  /** Number of the next byte for one that is awaited. */
  #awaits: number | null = null;
  #patience: Timer | null = null;

  constructor(context: AgentContext, session: Watched) {
    this.#context = context;
    this.#session = session;
    this.#expect();
  }

  get present(): boolean {
    return this.#present !== null;
  }

  /** True while reading on would overwrite what it has not got. */
  get behind(): boolean {
    const sent = this.#present?.sent ?? this.#awaits;
    return sent !== null && this.#session.copy.end - sent > BEHIND_MAX;
  }

  /** The one of before PID 1 executed itself anew, if there was one. */
  get waiting(): Resumable | null {
    const { client } = this.#session.record;
    if (client === null) return null;
    const intake = new Intake(this.#context, client.stream);
    const { copy } = this.#session;
    const point = (): GuestPoint => intake.point(copy.given);
    return {
      get point() {
        return point();
      },
      resume: (stream, host) => this.#resume(stream, intake, client.from, host),
      giveUp: () => this.#lose(intake, copy.end),
    };
  }

  /** The stream gets what is kept, then what comes. @param keep what it goes on by when its host is lost */
  attach(stream: GuestStream, keep: string | undefined): void {
    const { copy, record } = this.#session;
    this.#present?.stream.close(taken(record.id));
    this.leave();
    const from = this.#replayStart();
    copy.setGiven(0);
    this.#session.save({ stream: stream.id, from, ...(mayLast(this.#context, keep) ? { keep } : {}) });
    this.#expect();
    stream.message({ is: 'started', pid: record.pid, session: record.id });
    this.#serve(stream, new Intake(this.#context, stream.id), from);
  }

  /** Should it be lost, it comes again by this name. */
  #expect(): void {
    const keep = this.#session.record.client?.keep;
    if (keep !== undefined) this.#context.lasting.set(keep, this);
  }

  has([received = 0]: readonly number[]): boolean {
    const { copy, record } = this.#session;
    return haveAll([copy], [(record.client?.from ?? 0) + received]);
  }

  leaveHost(): GuestStream | null {
    const client = this.#present;
    if (client !== null) this.#lose(client.intake, client.sent);
    this.#patience?.cancel();
    return client?.stream ?? null;
  }

  goOn(stream: GuestStream, [received = 0]: readonly number[]): void {
    const { copy, record } = this.#session;
    const { client, id, pid } = record;
    if (client === null) return;
    this.#awaits = null;
    this.#session.save({ ...client, stream: stream.id });
    stream.message({ is: 'started', pid, session: id, given: copy.given });
    this.#serve(stream, new Intake(this.#context, stream.id), client.from + received);
  }

  /** The session of a fork goes on as that of the original, whose client it was. */
  orphan(): null {
    if (this.#present === null) this.leave();
    return null;
  }

  #resume(stream: GuestStream, intake: Intake, from: number, host: HostPoint): void {
    const { pid, id } = this.#session.record;
    if (host.messages === 0) stream.message({ is: 'started', pid, session: id });
    this.#serve(stream, intake, from + (host.received[0] ?? 0));
  }

  #serve(stream: GuestStream, intake: Intake, sent: number): void {
    const { copy } = this.#session;
    const client: Present = { stream, intake, input: this.#inflow(stream), sent, told: false };
    this.#present = client;
    stream.handle({
      onMessage: (message) => {
        intake.obeyed();
        if (message.is !== 'detach') return this.#session.obey(message);
        this.leave();
        stream.close();
      },
      onData: (channel, bytes) => {
        if (channel !== STDIN) stream.violate(`a session reads no channel ${channel}`);
        else if (client.input) client.input.take(bytes);
        else {
          copy.setGiven(copy.given + bytes.length);
          stream.consumed(channel, bytes.length);
        }
      },
      onEnd: () => intake.ended(),
      onWritable: () => this.feed(),
      onClose: (error) => {
        if (this.#present !== client) return;
        if (error?.code === 'link.lost') this.#lose(intake, client.sent);
        else this.leave();
      },
    });
    this.feed();
  }

  #inflow(stream: GuestStream): Inflow | null {
    const { copy, input } = this.#session;
    const target: Target = { stream, channel: STDIN };
    const also = { onDone: () => undefined, copy } as const;
    return input === undefined ? null : new Inflow(this.#context, input, target, also);
  }

  /**
   * Where a replay begins: at the oldest byte, or behind the first line break after it when older ones are lost, so that
   * no half character or escape sequence comes first.
   */
  #replayStart(): number {
    const { copy } = this.#session;
    const start = Math.max(0, copy.end - SCROLLBACK_SIZE);
    if (start === 0) return 0;
    const first = this.#context.frame.subarray(0, FIRST_LINE_SIZE_MAX);
    const lineEnd = first.subarray(0, copy.read(start, first)).indexOf(0x0a);
    return lineEnd < 0 ? start : start + lineEnd + 1;
  }

  /** It does not want it any more. */
  leave(): void {
    const client = this.#present;
    client?.input?.stop();
    client?.intake.forget();
    this.#present = null;
    this.forget();
    this.#session.listen();
  }

  /** Its host is gone, not its wish. @param sent number of the next byte for it */
  #lose(intake: Intake, sent: number): void {
    const { copy, record } = this.#session;
    const { client } = record;
    this.stopInput();
    this.#present = null;
    intake.forget();
    if (client?.keep === undefined) this.forget();
    else {
      this.#session.save({ ...client, stream: idOfLost(copy) });
      this.#awaits = sent;
      this.#patience = this.#context.loop.after(PATIENCE_MS, () => this.leave());
    }
    this.#session.listen();
  }

  /** Nobody is awaited any more. */
  forget(): void {
    const { client } = this.#session.record;
    if (client === null) return;
    this.#awaits = null;
    this.#patience?.cancel();
    if (client.keep !== undefined) this.#context.lasting.delete(client.keep);
    this.#session.save(null);
  }

  stopInput(): void {
    this.#present?.input?.stop();
  }

  /** Sends what it has not got yet, and at last how the session ended. */
  feed(): void {
    const client = this.#present;
    if (client) this.#sendKept(client);
    this.#session.listen();
    const { copy, exit, record } = this.#session;
    if (!client || client.told || exit === null || client.sent < copy.end) return;
    client.told = true;
    client.input?.stop();
    const known = record.client;
    if (known?.keep !== undefined) {
      client.stream.end(STDOUT);
      client.stream.end(STDERR);
      client.stream.message({ is: 'exit', exit });
      return; // that may be lost on its way
    }
    this.#present = null;
    client.stream.message({ is: 'exit', exit });
    client.stream.close();
    // Until these words have left, the next image of PID 1 may have to say them.
    this.#context.whenSent(() => {
      client.intake.forget();
      if (this.#session.record.client === known) this.forget();
    });
  }

  #sendKept(client: Present): void {
    const { frame } = this.#context;
    const { copy } = this.#session;
    while (client.sent < copy.end) {
      const room = Math.min(client.stream.writable(STDOUT), DATA_SIZE_MAX);
      if (room === 0) return;
      const size = copy.read(client.sent, frame.subarray(DATA_HEAD_SIZE, DATA_HEAD_SIZE + room));
      client.stream.writeInPlace(STDOUT, frame, size);
      client.sent = size > 0 ? client.sent + size : copy.end; // else there was no memory for it
    }
  }
}

function taken(id: string): BhattiError {
  return new BhattiError('session.taken', `cannot keep session ${id}: another client attached to it`, {
    remedy: `attach again to take it back: bhatti shell SANDBOX --session ${id}`,
  });
}
