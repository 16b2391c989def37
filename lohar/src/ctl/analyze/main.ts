/** systemd-analyze: what it tells of words about time. */
import { parseOptions, UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { VERSION_TEXT } from '../systemd-version.ts';
import { calendar, timespan, timestamp } from './times.ts';

const SPECS = [
  { long: 'version' },
  { long: 'no-pager' },
  { long: 'iterations', argument: 'required' },
  { long: 'base-time', argument: 'required' },
] as const;
const ITERATIONS_MAX = 10_000;

const VERBS = { calendar, timespan, timestamp } as const;
const isVerb = (word: string): word is keyof typeof VERBS => Object.hasOwn(VERBS, word);

export function analyze(program: Program): number {
  const asked = { iterations: 1, baseTime: '', version: false };
  const [verb = 'time', ...words] = parseOptions(program.name, program.argv, SPECS, (option, value = '') => {
    if (option === 'version') asked.version = true;
    else if (option === 'base-time') asked.baseTime = value;
    else if (option === 'iterations') {
      if (!/^\d+$/.test(value)) throw new UsageError(`Failed to parse iterations: ${value}`);
      asked.iterations = Math.min(Number(value), ITERATIONS_MAX);
    }
  });
  if (asked.version) {
    program.out(VERSION_TEXT);
    return 0;
  }
  if (!isVerb(verb)) throw new UsageError(`Unknown command verb '${verb}'.`);
  if (words.length === 0) throw new UsageError('Too few arguments.');
  return VERBS[verb](program, words, asked);
}
