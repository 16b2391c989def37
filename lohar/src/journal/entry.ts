/** A message as readers see it: one line of a file together with the context line it refers to. */
import { type Fields, parseMessage, parseSender, parseTabbed, parseTime, type RecordLine } from './record.ts';

/** What many lines have in common. The same object for all of them, so that a filter decides once. */
export class Context {
  readonly #line: string;
  #fields: ReadonlyMap<string, string> | undefined;

  /** @param line of the file, `#c2<TAB>NAME=value...`; '' when it was lost */
  constructor(line: string) {
    this.#line = line;
  }

  get fields(): ReadonlyMap<string, string> {
    this.#fields ??= new Map(parseTabbed(this.#line));
    return this.#fields;
  }

  get(name: string): string | undefined {
    return this.fields.get(name);
  }
}

export class Entry {
  readonly record: RecordLine;
  readonly context: Context;
  #own: Fields | undefined;
  #sender: { identifier: string; pid: number } | undefined;

  constructor(record: RecordLine, context: Context) {
    this.record = record;
    this.context = context;
  }

  get realtimeUs(): number {
    return parseTime(this.record.time);
  }

  get message(): string {
    return parseMessage(this.record.rest);
  }

  get sender(): { readonly identifier: string; readonly pid: number } {
    this.#sender ??= parseSender(this.record.sender);
    return this.#sender;
  }

  /** Fields of this message alone, besides PRIORITY, SYSLOG_IDENTIFIER, _PID and MESSAGE. */
  get own(): Fields {
    this.#own ??= parseTabbed(this.record.rest);
    return this.#own;
  }

  /** First value of a field. */
  get(name: string): string | undefined {
    const special = this.#special(name);
    return special ?? this.context.get(name) ?? this.own.find(([own]) => own === name)?.[1];
  }

  /** Every value of a field: a client may send one several times. */
  all(name: string): string[] {
    const values = this.own.filter(([own]) => own === name).map(([, value]) => value);
    const first = this.#special(name) ?? this.context.get(name);
    return first === undefined ? values : [first, ...values];
  }

  /** All fields in the order of `journalctl -o verbose`. */
  fields(): Fields {
    const before: (readonly [string, string])[] = [];
    const after: (readonly [string, string])[] = [];
    for (const field of this.context.fields) (LATE.has(field[0]) ? after : before).push(field);
    const { identifier, pid } = this.sender;
    before.push(['PRIORITY', String(this.record.priority)]);
    if (identifier !== '') before.push(['SYSLOG_IDENTIFIER', identifier]);
    before.push(['MESSAGE', this.message], ...this.own);
    if (pid > 0) before.push(['_PID', String(pid)]);
    return [...before, ...after];
  }

  #special(name: string): string | undefined {
    if (name === 'MESSAGE') return this.message;
    if (name === 'PRIORITY') return String(this.record.priority);
    if (name === 'SYSLOG_IDENTIFIER') return this.sender.identifier || undefined;
    if (name === '_PID') return this.sender.pid > 0 ? String(this.sender.pid) : undefined;
    return undefined;
  }
}

/** What systemd prints after the message: fields of the process and its unit. */
const LATE: ReadonlySet<string> = new Set([
  '_STREAM_ID',
  '_CMDLINE',
  '_SYSTEMD_CGROUP',
  '_SYSTEMD_UNIT',
  '_SYSTEMD_INVOCATION_ID',
]);
