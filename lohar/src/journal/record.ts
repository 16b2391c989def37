/**
 * One line of a journal file (docs/journal.md describes it byte by byte):
 *
 *   2026-11-23T14:08:25.525408Z 2590.535210 3278 6 c2 sh[7003]: err
 *   time, UTC                   since boot  seq  │ │  identifier[pid]: message, then TAB FIELD=value ...
 *                                      priority ─┘ └─ context: what many lines have in common, on a line of its own
 *   #c2	_BOOT_ID=3f59…	_TRANSPORT=stdout	_UID=0	…
 *
 * Texts are escaped (text.ts), so neither a line feed nor a tab stands inside one.
 */
import { escapeText, unescapeText } from './text.ts';

export type Fields = readonly (readonly [name: string, value: string])[];

/** What one message says; `context` is said once for many. */
export interface Draft {
  readonly priority: number;
  /** '' when unknown. */
  readonly identifier: string;
  /** 0 when unknown. */
  readonly pid: number;
  readonly message: string;
  /** Fields of this message alone, SYSLOG_PID or the caller's own. */
  readonly fields: Fields;
}

/** A moment by both clocks, in microseconds. */
export interface Moment {
  readonly realtimeUs: number;
  readonly monotonicUs: number;
}

/** Length of `2026-11-23T14:08:25.525408Z`. */
const TIME_LENGTH = 27;

/** `2026-11-23T14:08:25.525408Z`: such texts sort as the moments do. */
export function formatTime(realtimeUs: number): string {
  const ms = Math.floor(realtimeUs / 1000);
  const rest = realtimeUs - ms * 1000;
  return `${new Date(ms).toISOString().slice(0, 23)}${String(rest).padStart(3, '0')}Z`;
}

/** @returns microseconds since 1970, NaN for something else */
export function parseTime(text: string): number {
  const ms = Date.parse(`${text.slice(0, 23)}Z`);
  return ms * 1000 + Number(text.slice(23, 26));
}

/** `2590.535210` */
export function formatMonotonic(us: number): string {
  const text = String(us).padStart(7, '0');
  return `${text.slice(0, -6)}.${text.slice(-6)}`;
}

function escapeIdentifier(identifier: string): string {
  if (identifier === '') return '-';
  if (identifier === '-') return '\\x2d';
  return escapeText(identifier).replace(/[ [:]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);
}

function tabbed(fields: Fields): string {
  return fields.map(([name, value]) => `\t${name}=${escapeText(value)}`).join('');
}

/** The line that says what `c<id>` stands for. */
export function contextLine(id: string, fields: Fields): string {
  return `#${id}${tabbed(fields)}\n`;
}

/** The part of a line between its sequence number and its message. */
export function recordMiddle(of: Pick<Draft, 'priority' | 'identifier' | 'pid'>, contextId: string): string {
  const pid = of.pid > 0 ? `[${of.pid}]` : '';
  return ` ${of.priority} ${contextId} ${escapeIdentifier(of.identifier)}${pid}: `;
}

/** The part before the sequence number. */
export function recordStart(at: Moment): string {
  return `${formatTime(at.realtimeUs)} ${formatMonotonic(at.monotonicUs)} `;
}

export function recordLine(start: string, seq: number, contextId: string, draft: Draft): string {
  return `${start}${seq}${recordMiddle(draft, contextId)}${escapeText(draft.message)}${tabbed(draft.fields)}\n`;
}

/** A line of a file, cut at its columns; texts are unescaped when asked for. */
export interface RecordLine {
  /** As formatTime writes it. */
  readonly time: string;
  readonly monotonicUs: number;
  readonly seq: number;
  readonly priority: number;
  readonly contextId: string;
  /** Still escaped: identifier, `[pid]`. */
  readonly sender: string;
  /** Still escaped: message and fields. */
  readonly rest: string;
}

/** @returns null for a context line, a comment, or a line torn by a crash */
export function parseRecord(line: string): RecordLine | null {
  if (line.charCodeAt(TIME_LENGTH - 1) !== 90 || line.charCodeAt(TIME_LENGTH) !== 32) return null;
  const seqAt = line.indexOf(' ', TIME_LENGTH + 1) + 1;
  const priorityAt = line.indexOf(' ', seqAt) + 1;
  const contextAt = priorityAt + 2;
  const senderAt = line.indexOf(' ', contextAt) + 1;
  const end = line.indexOf(': ', senderAt);
  if (seqAt === 0 || priorityAt === 0 || senderAt === 0 || end < 0) return null;
  const seq = Number(line.slice(seqAt, priorityAt - 1));
  const priority = line.charCodeAt(priorityAt) - 48;
  if (!Number.isSafeInteger(seq) || !(priority >= 0 && priority <= 7)) return null;
  return {
    time: line.slice(0, TIME_LENGTH),
    monotonicUs: Math.round(Number(line.slice(TIME_LENGTH + 1, seqAt - 1)) * 1e6),
    seq,
    priority,
    contextId: line.slice(contextAt, senderAt - 1),
    sender: line.slice(senderAt, end),
    rest: line.slice(end + 2),
  };
}

export function parseSender(sender: string): { identifier: string; pid: number } {
  const open = sender.indexOf('[');
  const name = open < 0 ? sender : sender.slice(0, open);
  const pid = open < 0 ? 0 : Number.parseInt(sender.slice(open + 1), 10);
  return { identifier: name === '-' ? '' : unescapeText(name), pid: Number.isSafeInteger(pid) ? pid : 0 };
}

/** The fields after the first tab of a context line or of a record's rest. */
export function parseTabbed(text: string): Fields {
  const first = text.indexOf('\t');
  if (first < 0) return [];
  return text
    .slice(first + 1)
    .split('\t')
    .map((part) => {
      const equals = part.indexOf('=');
      return [part.slice(0, equals), unescapeText(part.slice(equals + 1))] as const;
    });
}

export function parseMessage(rest: string): string {
  const tab = rest.indexOf('\t');
  return unescapeText(tab < 0 ? rest : rest.slice(0, tab));
}
