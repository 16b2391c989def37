/** Names of priorities and facilities. Facts: syslog(3). */
import { UsageError } from '../options.ts';

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
export const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  '12',
  '13',
  '14',
  '15',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
];

/** Number of a level, by name or as a number; -1 when it is none. */
export function levelNumber(text: string): number {
  return /^[0-7]$/.test(text) ? Number(text) : LEVELS.indexOf(text);
}

export function levelName(level: number): string {
  return LEVELS[level] ?? String(level);
}

/** `err` and everything worse, or `warning..err`. @throws UsageError */
export function parseLevels(text: string): Set<number> {
  const dots = text.indexOf('..');
  const from = dots < 0 ? 0 : levelNumber(text.slice(0, dots));
  const to = levelNumber(dots < 0 ? text : text.slice(dots + 2));
  if (from < 0 || to < 0)
    throw new UsageError(dots < 0 ? `Unknown log level ${text}` : `Failed to parse log level range ${text}`);
  const [low, high] = from < to ? [from, to] : [to, from];
  return new Set(Array.from({ length: high - low + 1 }, (_, i) => low + i));
}

/** `daemon,3`; 'help' asks for the list. @throws UsageError */
export function parseFacilities(text: string): Set<number> | 'help' {
  const numbers = new Set<number>();
  for (const word of text.split(',')) {
    if (word === 'help') return 'help';
    if (word === '') continue;
    const number = /^\d+$/.test(word) ? Number(word) : FACILITIES.indexOf(word);
    if (number < 0 || number > 127) throw new UsageError(`Bad --facility= argument "${word}".`);
    numbers.add(number);
  }
  return numbers;
}
