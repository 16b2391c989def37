/** Calendar expressions of OnCalendar=, parsed and brought to their normal form. Facts: systemd.time(7), "Calendar Events". */

/** Values `start`, `start + repeat`, ... up to `stop`; -1: no end. Seconds are in microseconds. */
export interface Component {
  readonly start: number;
  readonly stop: number;
  readonly repeat: number;
}
/** null: any value. */
export type Chain = readonly Component[] | null;

export interface Calendar {
  /** Bit 0 is Monday; -1: any day. */
  readonly weekdays: number;
  readonly year: Chain;
  readonly month: Chain;
  readonly day: Chain;
  readonly hour: Chain;
  readonly minute: Chain;
  readonly second: Chain;
  /** Days count from the end of the month. */
  readonly endOfMonth: boolean;
  /** 'UTC', `Europe/Berlin`; '' is the machine's own. */
  readonly zone: string;
}

export const USEC_PER_SECOND = 1_000_000;
const ALL_DAYS = 0b1111111;
const COMPONENTS_MAX = 240;
const NUMBER_MAX = 2 ** 31 - 1;
export const YEAR_MAX = 2199;
const YEAR_MIN = 1970;

const at = (...values: number[]): Chain => values.map((start) => ({ start, stop: -1, repeat: 0 }));
const ANY = { weekdays: -1, year: null, month: null, day: null, hour: null, minute: null } as const;
const MIDNIGHT = { hour: at(0), minute: at(0) };
const SHORTHANDS: Readonly<Record<string, Partial<Calendar>>> = {
  minutely: {},
  hourly: { minute: at(0) },
  daily: MIDNIGHT,
  weekly: { ...MIDNIGHT, weekdays: 1 },
  monthly: { ...MIDNIGHT, day: at(1) },
  quarterly: { ...MIDNIGHT, day: at(1), month: at(1, 4, 7, 10) },
};
const YEARLY: Partial<Calendar> = { ...MIDNIGHT, day: at(1), month: at(1) };
const HALF_YEARLY: Partial<Calendar> = { ...MIDNIGHT, day: at(1), month: at(1, 7) };

function shorthand(word: string): Partial<Calendar> | undefined {
  if (/^(yearly|annually|anually)$/.test(word)) return YEARLY;
  if (/^(bi-?annually|semi-?annually)$/.test(word)) return HALF_YEARLY;
  return Object.hasOwn(SHORTHANDS, word) ? SHORTHANDS[word] : undefined;
}

/** What is wrong with an expression is not told: systemd says "Invalid argument" of each. */
class Invalid extends Error {}

class Text {
  rest: string;

  constructor(text: string) {
    this.rest = text;
  }

  get next(): string {
    return this.rest.charAt(0);
  }

  /** Takes `word` away if the text begins so. */
  take(word: string): boolean {
    if (!this.rest.startsWith(word)) return false;
    this.rest = this.rest.slice(word.length);
    return true;
  }

  blanks(): void {
    this.rest = this.rest.replace(/^ +/, '');
  }

  number(usec: boolean): number {
    const [whole, fraction = ''] = (usec ? /^\d+(?:\.(?!\.)(\d*))?/ : /^\d+/).exec(this.rest) ?? [];
    if (whole === undefined || (usec && /\.$/.test(whole))) throw new Invalid();
    this.rest = this.rest.slice(whole.length);
    if (!usec) return bounded(Number(whole));
    // A digit behind the sixth rounds.
    const micro = Math.round(Number(`0.${fraction}0`) * USEC_PER_SECOND);
    return bounded(Math.floor(Number(whole)) * USEC_PER_SECOND + micro);
  }
}

function bounded(value: number): number {
  if (value > NUMBER_MAX) throw new Invalid();
  return value;
}

function parseComponent(text: Text, usec: boolean): Component {
  const start = text.number(usec);
  let stop = -1;
  let repeat = 0;
  if (text.take('..')) {
    stop = text.number(usec);
    repeat = usec ? USEC_PER_SECOND : 1;
  }
  if (text.take('/')) {
    repeat = text.number(usec);
    if (repeat === 0) throw new Invalid();
  } else if (usec && stop >= 0 && start + repeat > stop) throw new Invalid();
  if (!/^[ ,\-~:]?$/.test(text.next)) throw new Invalid();
  return { start, stop, repeat };
}

function parseChain(text: Text, usec: boolean): Chain {
  if (text.take('*')) return usec ? [{ start: 0, stop: -1, repeat: USEC_PER_SECOND }] : null;
  const chain: Component[] = [];
  do {
    if (chain.length > COMPONENTS_MAX) throw new Invalid();
    chain.push(parseComponent(text, usec));
  } while (text.take(','));
  return chain;
}

const DAY_NAMES = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** @returns -1 when no day is named */
function parseWeekdays(text: Text): number {
  let bits = 0;
  let from = -1;
  for (let first = true; ; first = false) {
    const [name = ''] = /^[a-z]*/i.exec(text.rest) ?? [];
    const lower = name.toLowerCase();
    const day = DAY_NAMES.findIndex((long) => lower === long || lower === long.slice(0, 3));
    if (day < 0) {
      if (first && name === '') return -1;
      throw new Invalid();
    }
    text.rest = text.rest.slice(name.length);
    if (from > day) throw new Invalid();
    for (let each = from < 0 ? day : from; each <= day; each++) bits |= 1 << each;
    const isRange = text.take('..') || text.take('-');
    if (isRange) {
      if (from >= 0) throw new Invalid();
      from = day;
    } else if (text.take(',')) from = -1;
    else if (!/^ ?$/.test(text.next)) throw new Invalid();
    else return ended(text, bits);
    // A comma may come last, a range may not be open.
    if (/^ ?$/.test(text.next)) {
      if (from >= 0) throw new Invalid();
      return ended(text, bits);
    }
  }
}

function ended(text: Text, bits: number): number {
  text.blanks();
  return bits;
}

type Dated = Pick<Calendar, 'year' | 'month' | 'day' | 'endOfMonth'>;
const ANY_DATE: Dated = { year: null, month: null, day: null, endOfMonth: false };

function parseDate(text: Text): Dated {
  const begun = text.rest;
  if (begun === '') return ANY_DATE;
  const first = parseChain(text, false);
  // The end, or a colon: this was a time.
  if (text.rest === '' || text.next === ':') {
    text.rest = begun;
    return ANY_DATE;
  }
  const early = text.take('~');
  if (!early && !text.take('-')) throw new Invalid();
  const second = parseChain(text, false);
  if (/^ ?$/.test(text.next)) {
    text.blanks();
    return { year: null, month: first, day: second, endOfMonth: early };
  }
  if (early) throw new Invalid();
  const endOfMonth = text.take('~');
  if (!endOfMonth && !text.take('-')) throw new Invalid();
  const third = parseChain(text, false);
  if (!/^ ?$/.test(text.next)) throw new Invalid();
  text.blanks();
  return { year: first, month: second, day: third, endOfMonth };
}

type Clock = Pick<Calendar, 'hour' | 'minute' | 'second'>;

function parseClock(text: Text): Clock {
  if (text.rest === '') return { hour: at(0), minute: at(0), second: at(0) };
  const hour = parseChain(text, false);
  if (!text.take(':')) throw new Invalid();
  const minute = parseChain(text, false);
  if (text.rest === '') return { hour, minute, second: at(0) };
  if (!text.take(':')) throw new Invalid();
  const second = parseChain(text, true);
  if (text.rest !== '') throw new Invalid();
  return { hour, minute, second };
}

/** `@1577836800`: that second, in UTC. */
function ofEpoch(text: string): Calendar {
  const seconds = /^@\d+$/.test(text) ? Number(text.slice(1)) : Number.NaN;
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) throw new Invalid();
  return {
    ...{ weekdays: -1, endOfMonth: false, zone: 'UTC' },
    ...{ year: at(date.getUTCFullYear()), month: at(date.getUTCMonth() + 1), day: at(date.getUTCDate()) },
    ...{ hour: at(date.getUTCHours()), minute: at(date.getUTCMinutes()) },
    second: at(date.getUTCSeconds() * USEC_PER_SECOND),
  };
}

/** Two digits are a year of this or the last century. */
const century = (year: number): number => (year < 0 || year >= 100 ? year : year < 70 ? year + 2000 : year + 1900);

function normalChain(chain: Chain): Chain {
  if (chain === null) return null;
  const trimmed = chain.map(({ start, stop, repeat }) => ({
    ...{ start, repeat },
    stop: stop > start && repeat > 0 ? stop - ((stop - start) % repeat) : stop,
  }));
  trimmed.sort((a, b) => a.start - b.start || a.stop - b.stop || a.repeat - b.repeat);
  return trimmed.filter(({ start, stop, repeat }, i) => {
    const before = trimmed[i - 1];
    return before === undefined || before.start !== start || before.stop !== stop || before.repeat !== repeat;
  });
}

function isChainValid(chain: Chain, from: number, to: number, endOfMonth = false): boolean {
  const last = endOfMonth ? to - 3 : to;
  return (chain ?? []).every(({ start, stop, repeat }) => {
    if (start < from || start > last || repeat > last - from) return false;
    if (stop >= 0) return stop >= from && stop <= last && start + repeat <= stop;
    return endOfMonth ? start - repeat >= from : start + repeat <= last;
  });
}

function normal(calendar: Calendar): Calendar {
  const { weekdays, year, day, endOfMonth } = calendar;
  const years =
    year?.map(({ start, stop, repeat }) => ({ start: century(start), stop: century(stop), repeat })) ?? null;
  const found: Calendar = {
    weekdays: weekdays <= 0 || weekdays >= ALL_DAYS ? -1 : weekdays,
    ...{ year: normalChain(years), month: normalChain(calendar.month), day: normalChain(day) },
    ...{ hour: normalChain(calendar.hour), minute: normalChain(calendar.minute), second: normalChain(calendar.second) },
    endOfMonth: endOfMonth && day !== null,
    zone: calendar.zone,
  };
  const valid =
    isChainValid(found.year, YEAR_MIN, YEAR_MAX) &&
    isChainValid(found.month, 1, 12) &&
    isChainValid(found.day, 1, 31, found.endOfMonth) &&
    isChainValid(found.hour, 0, 23) &&
    isChainValid(found.minute, 0, 59) &&
    isChainValid(found.second, 0, 60 * USEC_PER_SECOND - 1);
  if (!valid) throw new Invalid();
  return found;
}

/** The zone at the end, if there is one. */
function splitZone(text: string, isZone: (name: string) => boolean): { body: string; zone: string } {
  const utc = /^(.*) utc$/is.exec(text);
  if (utc !== null) return { body: utc[1] ?? '', zone: 'UTC' };
  const blank = text.lastIndexOf(' ');
  const zone = text.slice(blank + 1);
  const named = blank >= 0 && /^[A-Za-z][\w+/-]*$/.test(zone) && isZone(zone);
  return named ? { body: text.slice(0, blank), zone } : { body: text, zone: '' };
}

function parse(text: string, isZone: (name: string) => boolean): Calendar {
  const { body, zone } = splitZone(text, isZone);
  if (body === '') throw new Invalid();
  const short = shorthand(body.toLowerCase());
  if (short !== undefined) return normal({ ...ANY, second: at(0), endOfMonth: false, zone, ...short });
  if (body.startsWith('@')) return normal(ofEpoch(body));
  const rest = new Text(body);
  const weekdays = parseWeekdays(rest);
  return normal({ weekdays, ...parseDate(rest), ...parseClock(rest), zone });
}

/** @returns null when it is no calendar expression */
export function parseCalendar(text: string, isZone: (name: string) => boolean): Calendar | null {
  try {
    return parse(text, isZone);
  } catch (error) {
    if (error instanceof Invalid) return null;
    throw error;
  }
}

const SHORT_DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function formatWeekdays(bits: number): string {
  const runs: string[] = [];
  for (let day = 0; day < 7; day++) {
    const from = day;
    while (day < 7 && (bits & (1 << day)) !== 0) day++;
    if (day - from > 2) runs.push(`${SHORT_DAYS[from]}..${SHORT_DAYS[day - 1]}`);
    else runs.push(...SHORT_DAYS.slice(from, day));
  }
  return runs.join(',');
}

function formatChain(chain: Chain, width: number, usec: boolean): string {
  if (chain === null) return '*';
  const unit = usec ? USEC_PER_SECOND : 1;
  const [only] = chain;
  if (usec && chain.length === 1 && only?.start === 0 && only.repeat === USEC_PER_SECOND && only.stop < 0) return '*';
  const number = (value: number, digits: number): string => {
    const fraction = value % unit > 0 ? `.${String(value % unit).padStart(6, '0')}` : '';
    return String(Math.floor(value / unit)).padStart(digits, '0') + fraction;
  };
  const one = ({ start, stop, repeat }: Component): string =>
    number(start, width) +
    (stop > 0 ? `..${number(stop, width)}` : '') +
    (repeat > 0 && !(stop > 0 && repeat === unit) ? `/${number(repeat, 1)}` : '');
  return chain.map(one).join(',');
}

/** `Mon..Fri *-*-* 09:00:00`: the normal form, as systemd prints it. */
export function formatCalendar(calendar: Calendar): string {
  const { weekdays, year, month, day, hour, minute, second, endOfMonth, zone } = calendar;
  const days = weekdays > 0 ? `${formatWeekdays(weekdays)} ` : '';
  const date = `${formatChain(year, 4, false)}-${formatChain(month, 2, false)}${endOfMonth ? '~' : '-'}${formatChain(day, 2, false)}`;
  const clock = `${formatChain(hour, 2, false)}:${formatChain(minute, 2, false)}:${formatChain(second, 2, true)}`;
  return `${days}${date} ${clock}${zone === '' ? '' : ` ${zone}`}`;
}
