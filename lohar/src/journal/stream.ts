/**
 * The lines of one descriptor: stdout or stderr of a service, or a client of /run/systemd/journal/stdout.
 *
 *   header (only of a client) --7 lines--> running --end of the stream--> gone: what waited is a line
 *
 * A line belongs to the process that wrote it (SCM_CREDENTIALS); when another one writes, what the first left open is a
 * line of its own. At most CHUNK_MAX bytes are taken at a time, while the loop has time for it.
 */
import type { Credentials, Fd, Loop, Sys, Watch } from '@bhatti/runtime/sys.ts';
import { type Intake, PRIORITY_DEFAULT } from './intake.ts';
import { type Line, LineAssembler } from './lines.ts';
import { RateLimiter } from './rate-limit.ts';
import type { Origin } from './sender-facts.ts';
import type { StreamOrigin } from './sink.ts';
import { HEADER_LINES, parseStreamHeader } from './stream-header.ts';
import { parsePriorityPrefix } from './syslog.ts';
import { encodeBytes } from './text.ts';
import type { TurnBudget } from './turn-budget.ts';

/** Bytes read at a time: as many as a few milliseconds are enough for, whatever is in them and however slow the machine. */
const CHUNK_MAX = 32 * 1024;
const CHUNK_MIN = 1024;
const QUICK_MS = 1;
const SLOW_MS = 4;
/** Bytes of a header line. */
const HEADER_LINE_MAX = 4096;
const buffer = new Uint8Array(CHUNK_MAX);

/** What must outlive a re-execution of PID 1. */
export interface StreamState {
  readonly fd: Fd;
  readonly id: string;
  /** Absent while a client's header is read. */
  readonly origin?: StreamOrigin;
  readonly header: readonly string[];
  /** As Sys.decode makes it. */
  readonly pending: string;
  readonly pid: number;
}

export interface StreamContext {
  readonly sys: Pick<Sys, 'receive' | 'read' | 'close' | 'monotonicMs' | 'decode'>;
  readonly loop: Pick<Loop, 'watch'>;
  readonly intake: Intake;
  readonly budget: TurnBudget;
  /** The set of streams, or what one holds back, has changed. */
  readonly onChange: (stream: JournalStream) => void;
  readonly onEnd: (stream: JournalStream) => void;
  /** The descriptor is about to be closed. */
  readonly onClose: (fd: Fd) => void;
}

export class JournalStream {
  readonly #context: StreamContext;
  readonly #watch: Watch;
  readonly #id: string;
  readonly fd: Fd;
  readonly #assembler: LineAssembler;
  #origin: StreamOrigin | undefined;
  #from: Origin | undefined;
  #limiter: RateLimiter | undefined;
  #header: string[];
  #writer: Credentials | undefined;
  #pid: number;
  #chunk = CHUNK_MAX;

  constructor(context: StreamContext, state: StreamState) {
    this.#context = context;
    this.fd = state.fd;
    this.#id = state.id;
    this.#header = [...state.header];
    this.#assembler = new LineAssembler(context.sys.decode, encodeBytes(state.pending));
    this.#pid = state.pid;
    if (state.origin !== undefined) this.#begin(state.origin);
    this.#watch = context.loop.watch(state.fd, 'in', () => this.#read());
  }

  get state(): StreamState {
    return {
      fd: this.fd,
      id: this.#id,
      ...(this.#origin === undefined ? {} : { origin: this.#origin }),
      header: this.#header,
      pending: this.#context.sys.decode(this.#assembler.pending),
      pid: this.#pid,
    };
  }

  #begin(origin: StreamOrigin): void {
    this.#origin = origin;
    this.#from = {
      transport: 'stdout',
      facility: origin.facility,
      streamId: this.#id,
      ...(origin.unit === '' ? {} : { unit: origin.unit, slice: origin.slice, cgroup: origin.cgroup }),
    };
    if (origin.rateLimit !== undefined) this.#limiter = new RateLimiter(origin.rateLimit);
  }

  #read(): void {
    if (!this.#context.budget.left) return;
    let got: ReturnType<Sys['receive']>;
    try {
      got = this.#context.sys.receive(this.fd, buffer.subarray(0, this.#chunk), { peek: true });
    } catch {
      this.#end();
      return;
    }
    if (got === null) return;
    for (const fd of got.fds) this.#context.sys.close(fd);
    if (got.size === 0) {
      this.#end();
      return;
    }
    const begun = this.#context.sys.monotonicMs();
    const held = this.#assembler.pending.length;
    try {
      this.#accept(got.credentials, buffer.subarray(0, got.size));
      this.#context.intake.writer.flush();
      this.#adapt(this.#context.sys.monotonicMs() - begun);
      // Of a long line all that came so far, however little is taken at a time: its cost must not lessen that.
      if (held > 0 || this.#assembler.pending.length > 0) this.#context.onChange(this);
    } finally {
      // Only now, when its lines are in their file: a crash in between shows some of them twice and loses none.
      this.#context.sys.read(this.fd, buffer.subarray(0, got.size));
    }
  }

  /** Random bytes cost a hundred times as much as text: less of them at a time. */
  #adapt(tookMs: number): void {
    if (tookMs > SLOW_MS) this.#chunk = Math.max(CHUNK_MIN, this.#chunk >> 1);
    else if (tookMs < QUICK_MS) this.#chunk = Math.min(CHUNK_MAX, this.#chunk << 1);
  }

  #accept(credentials: Credentials | undefined, bytes: Uint8Array): void {
    if (credentials !== undefined && credentials.pid !== this.#pid) {
      this.#log(this.#assembler.flush('pid-change'));
      this.#writer = credentials;
      this.#pid = credentials.pid;
    }
    this.#take(this.#assembler.push(bytes));
  }

  #take(lines: Line[]): void {
    if (this.#origin !== undefined) this.#log(lines);
    else if (!this.#readHeader(lines)) this.#end();
  }

  /** @returns false when the client does not speak the protocol */
  #readHeader(lines: Line[]): boolean {
    while (this.#header.length < HEADER_LINES) {
      const line = lines.shift();
      if (line === undefined) return this.#assembler.pending.length <= HEADER_LINE_MAX;
      if (line.break !== undefined || line.text.length > HEADER_LINE_MAX) return false;
      this.#header.push(line.text);
    }
    const header = parseStreamHeader(this.#header);
    if (header === null) return false;
    const mayNameUnit = this.#writer?.uid === 0;
    this.#header = [];
    this.#begin({
      ...header,
      unit: mayNameUnit ? header.unit : '',
      priority: header.priority as StreamOrigin['priority'],
      levelMax: 7,
      invocationId: '',
      slice: '',
      cgroup: '',
    });
    this.#log(lines);
    return true;
  }

  #end(): void {
    if (this.#origin !== undefined) this.#log(this.#assembler.flush('eof'));
    this.#watch.stop();
    this.#context.onClose(this.fd);
    this.#context.sys.close(this.fd);
    this.#context.onEnd(this);
  }

  #log(lines: readonly Line[]): void {
    const origin = this.#origin;
    const from = this.#from;
    if (origin === undefined || from === undefined || lines.length === 0) return;
    let priority: number = origin.priority;
    let run: string[] = [];
    const flush = () => {
      if (run.length > 0) this.#pass(from, { priority, identifier: origin.identifier, pid: this.#pid }, run);
      run = [];
    };
    for (const line of lines) {
      const prefix = origin.levelPrefix ? parsePriorityPrefix(line.text, false) : null;
      const text = prefix === null ? line.text : prefix.rest;
      const own = prefix === null ? origin.priority : prefix.value;
      if (text === '' || own > origin.levelMax) continue;
      if (own !== priority) flush();
      priority = own;
      if (line.break === undefined) run.push(text);
      else {
        flush();
        const fields = [['_LINE_BREAK', line.break]] as const;
        const draft = { priority, identifier: origin.identifier, pid: this.#pid, message: text, fields };
        this.#context.intake.message(this.#writer, from, draft);
      }
    }
    flush();
  }

  #pass(from: Origin, of: { priority: number; identifier: string; pid: number }, lines: string[]): void {
    if (this.#limiter === undefined) {
      this.#context.intake.lines(this.#writer, from, of, lines);
      return;
    }
    const { allowed, suppressed } = this.#limiter.pass(this.#context.sys.monotonicMs(), lines.length);
    const unit = from.unit ?? '';
    if (suppressed > 0) {
      const message = `Suppressed ${suppressed} messages from ${unit}`;
      this.#context.intake.own({ priority: PRIORITY_DEFAULT, message, fields: [] }, unit, '');
    }
    if (allowed > 0) this.#context.intake.lines(this.#writer, from, of, lines.slice(0, allowed));
  }
}
