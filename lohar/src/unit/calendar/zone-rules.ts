/** Time zones as zone files describe them (tzfile(5)), the rule for the years beyond their table included. Pure. */

export interface ZoneRules {
  /** Seconds east of Greenwich at a moment, in seconds since 1970. */
  offset(seconds: number): number;
  /** 'CEST' */
  name(seconds: number): string;
}

/** Clock and calendar on the wall; fields may be beyond their range on the way in. */
export interface Wall {
  year: number;
  /** 1 to 12 */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

export const UTC_RULES: ZoneRules = { offset: () => 0, name: () => 'UTC' };

export function wallAt(seconds: number, zone: ZoneRules): Wall {
  const date = new Date((seconds + zone.offset(seconds)) * 1000);
  return {
    ...{ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
    ...{ hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() },
  };
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Thu 2026-11-26 06:00:00 UTC` */
export function formatMoment(seconds: number, zone: ZoneRules): string {
  const whole = Math.floor(seconds);
  const text = new Date((whole + zone.offset(whole)) * 1000).toISOString();
  const day = DAYS[new Date((whole + zone.offset(whole)) * 1000).getUTCDay()];
  return `${day} ${text.slice(0, 10)} ${text.slice(11, 19)} ${zone.name(whole)}`;
}

const DAY = 86_400;

/** An hour that comes twice is its first, one that is left out counts from before the gap: 2:30 is 3:30. */
export function toEpoch({ year, month, day, hour, minute, second }: Wall, zone: ZoneRules): number {
  const wall = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  const before = zone.offset(wall - DAY);
  const after = zone.offset(wall + DAY);
  if (zone.offset(wall - before) === before) return wall - before;
  return zone.offset(wall - after) === after ? wall - after : wall - before;
}

interface TimeType {
  readonly offset: number;
  readonly name: string;
}

/** Transitions in one zone file; the largest have about 240. */
const TRANSITIONS_MAX = 10_000;

interface Table {
  readonly times: readonly number[];
  readonly types: readonly TimeType[];
  readonly indexes: readonly number[];
  readonly footer: string;
}

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

function readTable(bytes: Uint8Array): Table | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 88 || view.getUint32(0) !== 0x545a6966 || bytes[4] === 0) return null;
  const field = (at: number, index: number): number => view.getUint32(at + 20 + 4 * index);
  // isUt, isStd, leaps, times, types, names; the first block has 32 bit times, for old readers.
  const at = 44 + field(0, 3) * 5 + field(0, 4) * 6 + field(0, 5) + field(0, 2) * 8 + field(0, 1) + field(0, 0);
  if (bytes.length < at + 44) return null;
  const [isUt, isStd, leaps, count, typeCount, nameSize] = [0, 1, 2, 3, 4, 5].map((index) => field(at, index));
  if (count === undefined || typeCount === undefined || nameSize === undefined) return null;
  const start = at + 44;
  const end = start + count * 9 + typeCount * 6 + nameSize + (leaps ?? 0) * 12 + (isStd ?? 0) + (isUt ?? 0);
  if (count > TRANSITIONS_MAX || bytes.length < end) return null;
  const typesAt = start + count * 9;
  const names = bytes.subarray(typesAt + typeCount * 6, typesAt + typeCount * 6 + nameSize);
  const types = Array.from({ length: typeCount }, (_, i) => {
    const from = bytes[typesAt + i * 6 + 5] ?? 0;
    return { offset: view.getInt32(typesAt + i * 6), name: text(names.subarray(from, names.indexOf(0, from))) };
  });
  return {
    times: Array.from({ length: count }, (_, i) => Number(view.getBigInt64(start + i * 8))),
    indexes: Array.from({ length: count }, (_, i) => bytes[start + count * 8 + i] ?? 0),
    types,
    footer: text(bytes.subarray(end)).trim(),
  };
}

/** A change of a POSIX rule: week `week` (5: the last) of a month, a day of it (0: Sunday), seconds after midnight. */
interface Change {
  readonly month: number;
  readonly week: number;
  readonly weekday: number;
  readonly time: number;
}
interface Rule {
  readonly standard: TimeType;
  readonly summer: TimeType | null;
  readonly begin: Change | null;
  readonly end: Change | null;
}

const clock = (value: string): number => {
  const [, sign, h, m = 0, s = 0] = /^([+-]?)(\d+)(?::(\d+))?(?::(\d+))?$/.exec(value) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(h ?? 0) * 3600 + Number(m) * 60 + Number(s));
};

function change(value: string | undefined): Change | null {
  const found = /^M(\d+)\.(\d)\.(\d)(?:\/(.+))?$/.exec(value ?? '');
  if (found === null) return null;
  const [, month, week, weekday, time = '2'] = found;
  return { month: Number(month), week: Number(week), weekday: Number(weekday), time: clock(time) };
}

/** `CET-1CEST,M3.5.0,M10.5.0/3` (tzset(3)); rules by the number of the day are of no zone today. */
function readRule(footer: string): Rule | null {
  const name = '(<[^>]+>|[A-Za-z]+)';
  const offset = String.raw`([+-]?\d+(?::\d+){0,2})`;
  const found = new RegExp(`^${name}${offset}(?:${name}${offset}?(?:,([^,]+),([^,]+))?)?$`).exec(footer);
  if (found === null) return null;
  const [, standard = '', west = '0', summer, summerWest, begin, end] = found;
  const plain = (quoted: string): string => quoted.replace(/[<>]/g, '');
  const east = -clock(west);
  return {
    standard: { name: plain(standard), offset: east },
    summer:
      summer === undefined
        ? null
        : { name: plain(summer), offset: summerWest === undefined ? east + 3600 : -clock(summerWest) },
    ...{ begin: change(begin), end: change(end) },
  };
}

/** Seconds since 1970 by the wall clock. */
function changeAt({ month, week, weekday, time }: Change, year: number): number {
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  let day = 1 + ((weekday - first + 7) % 7) + (week - 1) * 7;
  while (day > days) day -= 7;
  return Date.UTC(year, month - 1, day) / 1000 + time;
}

function byRule({ standard, summer, begin, end }: Rule, seconds: number): TimeType {
  if (summer === null || begin === null || end === null) return standard;
  const year = new Date((seconds + standard.offset) * 1000).getUTCFullYear();
  const from = changeAt(begin, year) - standard.offset;
  const to = changeAt(end, year) - summer.offset;
  const isSummer = from < to ? seconds >= from && seconds < to : seconds >= from || seconds < to;
  return isSummer ? summer : standard;
}

/** @param file content of a zone file. @returns null when it is none */
export function zoneRules(file: Uint8Array): ZoneRules | null {
  const table = readTable(file);
  if (table === null) return null;
  const { times, types, indexes, footer } = table;
  const rule = readRule(footer);
  const at = (seconds: number): TimeType => {
    let low = 0;
    for (let high = times.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((times[middle] ?? 0) <= seconds) low = middle + 1;
      else high = middle;
    }
    const known = types[indexes[low - 1] ?? 0] ?? { offset: 0, name: 'UTC' };
    return low === times.length && rule !== null ? byRule(rule, seconds) : known;
  };
  return { offset: (seconds) => at(seconds).offset, name: (seconds) => at(seconds).name };
}
