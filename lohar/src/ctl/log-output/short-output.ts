/** `-o short` and its kin: time, host, identifier[pid]: message. */
import type { Entry } from '../../journal/entry.ts';
import { clockText, dateText, formatTimestamp, inZone, MONTHS, microText, two } from '../text/timestamp.ts';
import { printMultiline, styleOf } from './multiline.ts';
import type { OutputOptions } from './output-format.ts';
import { blob, isPrintable, stripForTerminal, VALUE_LENGTH_MAX } from './printable.ts';

const SECOND = 1_000_000;

function seconds(usec: number, width: number): string {
  return `${String(Math.floor(usec / SECOND)).padStart(width)}.${microText(usec)}`;
}

function offsetText(minutes: number): string {
  const all = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(all / 60))}:${two(all % 60)}`;
}

/** `[ 2590.535210 <    0.000012 >]`; with an asterisk when only the wall clock tells, after a reboot. */
function deltaText(entry: Entry, previous: Entry | undefined): string {
  const start = seconds(entry.record.monotonicUs, 5);
  if (previous === undefined) return `[${start}${' '.repeat(16)}]`;
  const sameBoot = previous.context.get('_BOOT_ID') === entry.context.get('_BOOT_ID');
  const delta = sameBoot
    ? entry.record.monotonicUs - previous.record.monotonicUs
    : entry.realtimeUs - previous.realtimeUs;
  return `[${start} <${seconds(Math.max(0, delta), 5)}${sameBoot ? ' ' : '*'}>]`;
}

function timeText(entry: Entry, options: OutputOptions, previous: Entry | undefined): string {
  const { format, zone } = options;
  if (format === 'short-monotonic') return `[${seconds(entry.record.monotonicUs, 5)}]`;
  if (format === 'short-delta') return deltaText(entry, previous);
  const usec = entry.realtimeUs;
  if (format === 'short-full' || format === 'with-unit') return formatTimestamp(usec, zone);
  if (format === 'short-unix') return seconds(usec, 10);
  const date = inZone(usec, zone);
  const micro = `.${microText(usec)}`;
  if (format === 'short-iso' || format === 'short-iso-precise') {
    const precise = format === 'short-iso-precise' ? micro : '';
    return `${dateText(date)}T${clockText(date)}${precise}${offsetText(zone.offsetMinutes(Math.floor(usec / 1000)))}`;
  }
  const day = `${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())} ${clockText(date)}`;
  return format === 'short-precise' ? day + micro : day;
}

function shown(value: string | undefined, all: boolean): value is string {
  return value !== undefined && value !== '' && (all || (value.length < VALUE_LENGTH_MAX && isPrintable(value)));
}

function senderText(entry: Entry, options: OutputOptions): string {
  const { all, format } = options;
  const unit = format === 'with-unit' ? entry.context.get('_SYSTEMD_UNIT') : undefined;
  const { identifier, pid } = entry.sender;
  const name = [unit, identifier, entry.context.get('_COMM')].find((candidate) => shown(candidate, all)) ?? 'unknown';
  const said = pid > 0 ? String(pid) : entry.get('SYSLOG_PID');
  return ` ${name}${shown(said, all) ? `[${said}]` : ''}: `;
}

export function shortOutput(entry: Entry, options: OutputOptions, previous?: Entry): string {
  const { all, full, columns, colours, grep } = options;
  const message = all ? entry.message : stripForTerminal(entry.message);
  const text = options.truncateNewline ? (message.split('\n', 1)[0] ?? '') : message;
  const host = options.hostname ? entry.context.get('_HOSTNAME') : undefined;
  const before = timeText(entry, options, previous) + (shown(host, all) ? ` ${host}` : '') + senderText(entry, options);
  if (!all && !isPrintable(text)) return `${before}${blob(text)}\n`;
  const style = styleOf(entry.record.priority, colours);
  const layout = { indent: before.length, columns, full: full || all, style, ...(grep === undefined ? {} : { grep }) };
  return before + printMultiline(text, layout);
}
