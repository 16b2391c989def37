/** Time spans, in microseconds; Infinity is `infinity`. Facts: systemd.time(7). */

/** A duration in microseconds, Infinity included. */
export type Usec = number;

export const USEC_PER_MSEC = 1000;
export const USEC_PER_SEC = 1_000_000;
export const USEC_PER_MINUTE = 60 * USEC_PER_SEC;
const HOUR = 60 * USEC_PER_MINUTE;
const DAY = 24 * HOUR;
/** systemd counts a month as 30.44 and a year as 365.25 days. */
const MONTH = 2_629_800 * USEC_PER_SEC;
const YEAR = 31_557_600 * USEC_PER_SEC;

const UNITS: readonly (readonly [names: readonly string[], usec: number])[] = [
  [['seconds', 'second', 'sec', 's'], USEC_PER_SEC],
  [['minutes', 'minute', 'min', 'm'], USEC_PER_MINUTE],
  [['months', 'month', 'M'], MONTH],
  [['msec', 'ms'], USEC_PER_MSEC],
  [['hours', 'hour', 'hr', 'h'], HOUR],
  [['days', 'day', 'd'], DAY],
  [['weeks', 'week', 'w'], 7 * DAY],
  [['years', 'year', 'y'], YEAR],
  [['usec', 'us', 'µs', 'μs'], 1],
];
const FACTORS: ReadonlyMap<string, number> = new Map(
  UNITS.flatMap(([names, usec]) => names.map((n) => [n, usec] as const)),
);
const PART = /\s*(?:(\d+)(?:\.(\d*))?|\.(\d+))\s*([A-Za-zµμ]*)\s*/y;

/**
 * `1min 30s`, `1.5`, `infinity`.
 * @returns null when it is none
 */
export function parseTimeSpan(text: string, defaultUnit: Usec = USEC_PER_SEC): Usec | null {
  const trimmed = text.trim();
  if (trimmed === 'infinity') return Number.POSITIVE_INFINITY;
  if (trimmed === '') return null;
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < trimmed.length) {
    const part = PART.exec(trimmed);
    if (part === null) return null;
    const [, whole = '0', fraction, bareFraction, unit = ''] = part;
    const factor = unit === '' ? defaultUnit : FACTORS.get(unit);
    if (factor === undefined) return null;
    const decimals = fraction ?? bareFraction ?? '';
    total += Number(whole) * factor + Math.trunc(Number(`0.${decimals}0`) * factor);
  }
  return Number.isSafeInteger(total) ? total : total > 0 ? Number.POSITIVE_INFINITY : null;
}

const SHOWN: readonly (readonly [suffix: string, usec: number])[] = [
  ['y', YEAR],
  ['month', MONTH],
  ['w', 7 * DAY],
  ['d', DAY],
  ['h', HOUR],
  ['min', USEC_PER_MINUTE],
  ['s', USEC_PER_SEC],
  ['ms', USEC_PER_MSEC],
  ['us', 1],
];

/** As systemd prints spans: `1min 30s`, `1.500000s`, `infinity`, `0`. Parts below `accuracy` are left out. */
export function formatTimeSpan(span: Usec, accuracy: Usec = 1): string {
  if (span === Number.POSITIVE_INFINITY) return 'infinity';
  if (span <= 0) return '0';
  const parts: string[] = [];
  let rest = Math.trunc(span);
  for (const [suffix, usec] of SHOWN) {
    if (rest <= 0 || (rest < accuracy && parts.length > 0)) break;
    if (rest < usec) continue;
    const whole = Math.floor(rest / usec);
    const below = rest % usec;
    const digits = Math.round(Math.log10(usec / Math.max(accuracy, 1)));
    if (rest < USEC_PER_MINUTE && below > 0 && digits > 0) {
      const fraction = Math.floor(below / Math.max(accuracy, 1));
      parts.push(`${whole}.${String(fraction).padStart(digits, '0')}${suffix}`);
      break;
    }
    parts.push(`${whole}${suffix}`);
    rest = below;
  }
  return parts.join(' ');
}
