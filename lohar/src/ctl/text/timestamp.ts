/** Moments as systemd prints and reads them. Facts: systemd.time(7). */
import { parseTimeSpan, USEC_PER_MSEC, USEC_PER_SEC } from '../../unit/value/time-span.ts';
import type { Zone } from './zone.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const MINUTE = 60 * USEC_PER_SEC;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const MONTH = 2_629_800 * USEC_PER_SEC;
const YEAR = 31_557_600 * USEC_PER_SEC;
/** 9999-12-30 23:59:59, beyond which systemd neither prints nor reads. */
const LAST = 253_402_214_399_000_000;

export const two = (value: number): string => String(value).padStart(2, '0');

/** The fields of a moment in a zone: a Date whose UTC getters tell them. */
export function inZone(usec: number, zone: Zone): Date {
  const ms = Math.floor(usec / USEC_PER_MSEC);
  return new Date(ms + zone.offsetMinutes(ms) * 60_000);
}

export function clockText(date: Date): string {
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

export function dateText(date: Date): string {
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** Six digits of microseconds. */
export function microText(usec: number): string {
  return String(usec % USEC_PER_SEC).padStart(6, '0');
}

/** `Mon 2026-11-23 14:08:25 UTC`; with `micro`, `14:08:25.525408`. Nothing (0, infinity) is ''. */
export function formatTimestamp(usec: number, zone: Zone, micro = false): string {
  if (usec <= 0 || !Number.isFinite(usec)) return '';
  if (usec > LAST) return `--- XXXX-XX-XX XX:XX:XX${micro ? '.XXXXXX' : ''}`;
  const date = inZone(usec, zone);
  const clock = clockText(date) + (micro ? `.${microText(usec)}` : '');
  return `${DAYS[date.getUTCDay()]} ${dateText(date)} ${clock} ${zone.name(Math.floor(usec / USEC_PER_MSEC))}`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function distance(d: number): string {
  const whole = (unit: number) => Math.floor(d / unit);
  const rest = (unit: number, below: number) => Math.floor((d % unit) / below);
  if (d >= YEAR) return `${counted(whole(YEAR), 'year')} ${counted(rest(YEAR, MONTH), 'month')}`;
  if (d >= MONTH) return `${counted(whole(MONTH), 'month')} ${counted(rest(MONTH, DAY), 'day')}`;
  if (d >= WEEK) return `${counted(whole(WEEK), 'week')} ${counted(rest(WEEK, DAY), 'day')}`;
  if (d >= 2 * DAY) return `${whole(DAY)} days`;
  if (d >= 25 * HOUR) return `1 day ${Math.floor((d - DAY) / HOUR)}h`;
  if (d >= 6 * HOUR) return `${whole(HOUR)}h`;
  if (d >= HOUR) return `${whole(HOUR)}h ${rest(HOUR, MINUTE)}min`;
  if (d >= 5 * MINUTE) return `${whole(MINUTE)}min`;
  if (d >= MINUTE) return `${whole(MINUTE)}min ${rest(MINUTE, USEC_PER_SEC)}s`;
  if (d >= USEC_PER_SEC) return `${whole(USEC_PER_SEC)}s`;
  return d >= USEC_PER_MSEC ? `${whole(USEC_PER_MSEC)}ms` : `${d}us`;
}

/** `6s ago`, `9h left`, `1min 30s ago`. @param left what follows a moment in the future */
export function formatRelative(usec: number, nowUsec: number, left = ' left'): string {
  if (usec <= 0 || !Number.isFinite(usec)) return '';
  const d = Math.abs(Math.floor(nowUsec) - Math.floor(usec));
  if (d === 0) return 'now';
  return distance(d) + (nowUsec > usec ? ' ago' : left);
}

/** Clock fields of local time to a moment. */
function fromFields(fields: readonly number[], zone: Zone): number {
  const [year = 0, month = 0, day = 1, hour = 0, minute = 0, second = 0] = fields;
  const wall = Date.UTC(year, month, day, hour, minute, second);
  // The offset at that moment: guess with the wall clock, then once more with what it gives.
  const guess = wall - zone.offsetMinutes(wall) * 60_000;
  return (wall - zone.offsetMinutes(guess) * 60_000) * USEC_PER_MSEC;
}

const DATE = /^(\d{2}|\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6}))?)?)?$/;
const CLOCK = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6}))?)?$/;
const SYSLOG = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/;

interface Parsed {
  readonly fields: readonly number[];
  readonly fraction: string;
}

function parseDate(text: string, today: Date): Parsed | null {
  const date = DATE.exec(text);
  if (date !== null) {
    const [, y = '', mo, d, h = 0, mi = 0, s = 0, fraction = ''] = date;
    const year = y.length === 4 ? Number(y) : Number(y) + (Number(y) < 69 ? 2000 : 1900);
    return { fields: [year, Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s)], fraction };
  }
  const clock = CLOCK.exec(text);
  const [year, month, day] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  if (clock !== null) {
    const [, h, mi, s = 0, fraction = ''] = clock;
    return { fields: [year, month, day, Number(h), Number(mi), Number(s)], fraction };
  }
  const syslog = SYSLOG.exec(text);
  const named = MONTHS.indexOf(syslog?.[1] ?? '');
  if (syslog === null || named < 0) return null;
  const [, , d, h, mi, s, fraction = ''] = syslog;
  return { fields: [year, named, Number(d), Number(h), Number(mi), Number(s)], fraction };
}

function inRange([, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]): boolean {
  return month >= 0 && month <= 11 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 60;
}

/** `+5min`, `2 hours ago`, `1h left`. @returns undefined when the text is nothing of the kind */
function parseOffset(text: string, nowUsec: number): number | null | undefined {
  const found = /^([+-])(.*)$|^(.*) (ago|left)$/s.exec(text);
  if (found === null) return undefined;
  const span = parseTimeSpan(found[2] ?? found[3] ?? '');
  if (span === null) return null;
  return found[1] === '-' || found[4] === 'ago' ? nowUsec - span : nowUsec + span;
}

/** A zone at the end: UTC, Z, an offset; anything else that could be one is left to `zone`. */
function splitZone(text: string, zone: Zone, utc: Zone): { text: string; zone: Zone } {
  const found = /^(.*?)(?: UTC|Z| ?([+-])(\d{2}):?(\d{2}))$/s.exec(text);
  if (found === null || !/\d/.test(found[1] ?? '')) {
    const named = / ([A-Z]{3,5})$/.exec(text);
    return { text: named === null ? text : text.slice(0, -(named[1]?.length ?? 0) - 1), zone };
  }
  if (found[2] === undefined) return { text: found[1] ?? '', zone: utc };
  // `2026-11-23` ends like an offset of -11:23 only when a clock stands before it.
  if (!/:\d/.test(found[1] ?? '')) return { text, zone };
  const minutes = Number(found[3]) * 60 + Number(found[4]);
  const offset = found[2] === '-' ? -minutes : minutes;
  return { text: found[1] ?? '', zone: { offsetMinutes: () => offset, name: () => '' } };
}

/**
 * `now`, `today`, `1 hour ago`, `2026-11-23 14:08`, `Mon 2026-11-23 14:08:25 UTC`, `@1795442905` ...
 * @returns microseconds since 1970, null when it is no moment
 */
export function parseTimestamp(text: string, nowUsec: number, zone: Zone): number | null {
  if (text.startsWith('@')) return checked(parseTimeSpan(text.slice(1)));
  if (text === 'now') return nowUsec;
  const offset = parseOffset(text, nowUsec);
  if (offset !== undefined) return checked(offset);
  const utc: Zone = { offsetMinutes: () => 0, name: () => 'UTC' };
  const split = splitZone(text, zone, utc);
  const today = inZone(nowUsec, split.zone);
  const days = { yesterday: -1, today: 0, tomorrow: 1 }[split.text];
  if (days !== undefined) {
    const midnight = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + days];
    return checked(fromFields(midnight, split.zone));
  }
  const weekday = /^([A-Za-z]+) (?=\d)/.exec(split.text);
  const day = weekday === null ? -1 : dayNumber(weekday[1] ?? '');
  const parsed = parseDate(day >= 0 ? split.text.slice(weekday?.[0].length) : split.text, today);
  if (parsed === null || !inRange(parsed.fields)) return null;
  const [year = 0, month = 0, date = 1] = parsed.fields;
  if (day >= 0 && new Date(Date.UTC(year, month, date)).getUTCDay() !== day) return null;
  return checked(fromFields(parsed.fields, split.zone) + Number(parsed.fraction.padEnd(6, '0')));
}

function dayNumber(word: string): number {
  const lower = word.toLowerCase();
  const short = DAYS.findIndex((day) => day.toLowerCase() === lower);
  return short >= 0 ? short : LONG_DAYS.findIndex((day) => day.toLowerCase() === lower);
}

function checked(usec: number | null): number | null {
  return usec === null || usec < 0 || usec > LAST ? null : usec;
}
