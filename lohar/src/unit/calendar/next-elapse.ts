/** When a calendar expression comes true next. Pure; the zone's rules come in. */
import { type Calendar, type Chain, USEC_PER_SECOND, YEAR_MAX } from './calendar.ts';
import { toEpoch, type Wall, wallAt, type ZoneRules } from './zone-rules.ts';

/** Turns of the search; an expression that needs more never comes true. */
const ITERATIONS_MAX = 1000;

interface Moment extends Wall {
  /** Seconds are in microseconds here. */
  second: number;
}

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';
const FIELDS: readonly Field[] = ['year', 'month', 'day', 'hour', 'minute', 'second'];
const LEAST = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0 } as const;

const daysOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The least value from `value` on that the chain has; undefined when there is none. */
function nextOf(chain: Chain, value: number, fromEnd: number | null): number | undefined {
  if (chain === null) return value;
  let best: number | undefined;
  for (const component of chain) {
    let { start, stop } = component;
    const { repeat } = component;
    if (fromEnd !== null) {
      start = fromEnd + 1 - start;
      stop = stop < 0 ? -1 : fromEnd + 1 - stop;
      if (stop > 0) [start, stop] = [stop, start];
    }
    let found: number | undefined;
    if (start >= value) found = start;
    else if (repeat > 0) {
      const later = start + Math.ceil((value - start) / repeat) * repeat;
      if (stop < 0 || later <= stop) found = later;
    }
    if (found !== undefined && (best === undefined || found < best)) best = found;
  }
  return best;
}

/** One more in this field, and all below at their least. */
function advance(moment: Moment, field: Field): void {
  moment[field] += 1;
  reset(moment, field);
}

function reset(moment: Moment, after: Field): void {
  for (const field of FIELDS.slice(FIELDS.indexOf(after) + 1)) moment[field] = LEAST[field];
}

/** Fields above their range go on to the one above, as a missing hour of a change of zone does. */
function normalise(moment: Moment, zone: ZoneRules): Moment {
  const micro = moment.second % USEC_PER_SECOND;
  const wall = wallAt(toEpoch({ ...moment, second: Math.floor(moment.second / USEC_PER_SECOND) }, zone), zone);
  return { ...wall, second: wall.second * USEC_PER_SECOND + micro };
}

/** -1: before, 0: the same, 1: after. */
function compare(a: Moment, b: Moment): number {
  for (const field of FIELDS) if (a[field] !== b[field]) return a[field] < b[field] ? -1 : 1;
  return 0;
}

const isDay = (bits: number, { year, month, day }: Moment): boolean =>
  bits < 0 || (bits & (1 << ((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7))) !== 0;

type Fit = 'fits' | 'moved' | 'never';

/** Brings one field to its next value. @returns 'moved' when the search begins anew from the moment that is there now */
function settle(calendar: Calendar, moment: Moment, at: number, zone: ZoneRules): Fit {
  const field = FIELDS[at] as Field;
  const fromEnd = field === 'day' && calendar.endOfMonth ? daysOf(moment.year, moment.month) : null;
  const next = nextOf(calendar[field], moment[field], fromEnd);
  if (next !== undefined && next !== moment[field]) {
    moment[field] = next;
    reset(moment, field);
  }
  if (moment.year > YEAR_MAX || (field === 'year' && next === undefined)) return 'never';
  const real = next === undefined ? null : compare(normalise(moment, zone), moment);
  // No such value, or the clock is set back over it: on with the field above.
  if (real === null || real < 0) {
    advance(moment, FIELDS[at - 1] as Field);
    return 'moved';
  }
  if (real > 0) return 'moved';
  if (field !== 'day' || isDay(calendar.weekdays, moment)) return 'fits';
  advance(moment, 'day');
  return 'moved';
}

/** @returns microseconds since 1970, later than `afterUsec`; null when it does not come any more */
export function nextElapse(calendar: Calendar, afterUsec: number, zone: ZoneRules): number | null {
  const from = Math.floor(afterUsec) + 1;
  const begin = wallAt(Math.floor(from / USEC_PER_SECOND), zone);
  let moment: Moment = { ...begin, second: begin.second * USEC_PER_SECOND + (from % USEC_PER_SECOND) };
  for (let turn = 0; turn < ITERATIONS_MAX; turn++) {
    moment = normalise(moment, zone);
    let found: Fit = 'fits';
    for (let at = 0; at < FIELDS.length && found === 'fits'; at++) found = settle(calendar, moment, at, zone);
    if (found === 'never') return null;
    if (found === 'moved') continue;
    const seconds = toEpoch({ ...moment, second: Math.floor(moment.second / USEC_PER_SECOND) }, zone);
    return seconds * USEC_PER_SECOND + (moment.second % USEC_PER_SECOND);
  }
  return null;
}
