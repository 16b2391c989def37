/** systemd-analyze calendar, timespan and timestamp. Texts: systemd 255. */
import { readZone } from '../../read-zone.ts';
import { formatCalendar, parseCalendar } from '../../unit/calendar/calendar.ts';
import { nextElapse } from '../../unit/calendar/next-elapse.ts';
import { formatTimeSpan, parseTimeSpan, USEC_PER_SEC } from '../../unit/value/time-span.ts';
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { formatRelative, formatTimestamp, parseTimestamp } from '../text/timestamp.ts';
import { UTC } from '../text/zone.ts';

export interface TimesAsked {
  readonly iterations: number;
  /** '' is now. */
  readonly baseTime: string;
}

type Row = readonly [field: string, value: string];

/** Fields stand to the right, so that the colons are one below the other. */
function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([field]) => field.length));
  return rows.map(([field, value]) => `${field.padStart(width)}: ${value}\n`).join('');
}

const isZone =
  ({ sys }: Program) =>
  (name: string): boolean => {
    try {
      return sys.stat(`/usr/share/zoneinfo/${name}`).type === 'file';
    } catch {
      return false;
    }
  };

function isUtc({ zone }: Program, usec: number): boolean {
  return zone.offsetMinutes(usec / 1000) === 0 && zone.name(usec / 1000) === 'UTC';
}

/** The other two kinds of words about time that this could be. */
function hints(program: Program, text: string, but: 'calendar' | 'timestamp' | 'timespan'): void {
  const kinds = [
    ['calendar', 'calendar specification', parseCalendar(text, isZone(program)) !== null],
    ['timestamp', 'timestamp', parseTimestamp(text, program.nowUsec(), program.zone) !== null],
    ['timespan', 'timespan', parseTimeSpan(text) !== null],
  ] as const;
  for (const [verb, what, fits] of kinds)
    if (fits && verb !== but)
      program.err(`Hint: this expression is a valid ${what}. Use 'systemd-analyze ${verb} "${text}"' instead?`);
}

/** One table a word, an empty line between them. @returns the exit code */
function each(
  program: Program,
  words: readonly string[],
  one: (word: string) => readonly Row[] | null,
  also: { readonly stopsAtFailure?: true } = {},
): number {
  let code = 0;
  for (const [i, word] of words.entries()) {
    const rows = one(word);
    if (rows === null && also.stopsAtFailure === true) return 1;
    if (rows === null) code = 1;
    else {
      program.out(table(rows));
      program.flush();
    }
    if (i < words.length - 1) program.out('\n');
  }
  return code;
}

function when(program: Program, usec: number): Row[] {
  return isUtc(program, usec) ? [] : [['(in UTC)', formatTimestamp(usec, UTC)]];
}

export function calendar(program: Program, words: readonly string[], { iterations, baseTime }: TimesAsked): number {
  const base = baseTime === '' ? program.nowUsec() : parseTimestamp(baseTime, program.nowUsec(), program.zone);
  if (base === null) throw new UsageError(`Failed to parse --base-time= parameter: ${baseTime}`);
  return each(program, words, (word) => {
    const parsed = parseCalendar(word, isZone(program));
    if (parsed === null) {
      program.err(`Failed to parse calendar specification '${word}': Invalid argument`);
      hints(program, word, 'calendar');
      return null;
    }
    const normal = formatCalendar(parsed);
    const rows: Row[] = word === normal ? [] : [['Original form', word]];
    rows.push(['Normalized form', normal]);
    const rules = readZone(program.sys, parsed.zone);
    let from = base;
    for (let turn = 1; turn <= iterations; turn++) {
      const next = nextElapse(parsed, from, rules);
      if (next === null) {
        if (turn === 1) rows.push(['Next elapse', 'never']);
        break;
      }
      rows.push([turn === 1 ? 'Next elapse' : `Iteration #${turn}`, formatTimestamp(next, program.zone)]);
      rows.push(...when(program, next), ['From now', formatRelative(next, program.nowUsec())]);
      from = next;
    }
    return rows;
  });
}

export function timespan(program: Program, words: readonly string[]): number {
  return each(
    program,
    words,
    (word) => {
      const usec = parseTimeSpan(word);
      if (usec === null) {
        program.err(`Failed to parse time span '${word}': Invalid argument`);
        hints(program, word, 'timespan');
        return null;
      }
      const number = Number.isFinite(usec) ? String(usec) : '18446744073709551615';
      return [
        ['Original', word],
        ['μs', number],
        ['Human', formatTimeSpan(usec)],
      ];
    },
    { stopsAtFailure: true },
  );
}

export function timestamp(program: Program, words: readonly string[]): number {
  return each(program, words, (word) => {
    const usec = parseTimestamp(word, program.nowUsec(), program.zone);
    if (usec === null) {
      program.err(`Failed to parse "${word}": Invalid argument`);
      hints(program, word, 'timestamp');
      return null;
    }
    const micro = usec % USEC_PER_SEC;
    const fraction = micro === 0 ? '' : `.${String(micro).padStart(6, '0')}`;
    return [
      ['Original form', word],
      ['Normalized form', formatTimestamp(usec, program.zone)],
      ...when(program, usec),
      ['UNIX seconds', `@${Math.floor(usec / USEC_PER_SEC)}${fraction}`],
      ['From now', formatRelative(usec, program.nowUsec())],
    ];
  });
}
