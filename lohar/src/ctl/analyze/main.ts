/** systemd-analyze: words about time, how the machine started, and whether unit files are sound. */
import { unknownVerb } from '../closest-word.ts';
import { type OptionSpec, parseOptions, UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { VERSION_TEXT } from '../systemd-version.ts';

const SPECS: readonly OptionSpec[] = [
  { long: 'version' },
  { long: 'no-pager' },
  { long: 'quiet', short: 'q' },
  { long: 'iterations', argument: 'required' },
  { long: 'base-time', argument: 'required' },
  { long: 'order' },
  { long: 'require' },
  { long: 'from-pattern', argument: 'required' },
  { long: 'to-pattern', argument: 'required' },
];
const ITERATIONS_MAX = 10_000;

interface Asked {
  iterations: number;
  baseTime: string;
  version: boolean;
  quiet: boolean;
  relations: 'all' | 'order' | 'require';
  from: string[];
  to: string[];
}

interface Row {
  /** Read when it is asked for, as the verbs of systemctl are. */
  readonly load: () => Promise<(program: Program, words: readonly string[], asked: Asked) => number>;
  readonly min: number;
}

const VERBS: Readonly<Record<string, Row>> = {
  time: { load: async () => (await import('./boot.ts')).time, min: 0 },
  blame: { load: async () => (await import('./boot.ts')).blame, min: 0 },
  'critical-chain': { load: async () => (await import('./boot.ts')).criticalChain, min: 0 },
  dot: { load: async () => (await import('./boot.ts')).dot, min: 0 },
  verify: { load: async () => (await import('./verify.ts')).verify, min: 1 },
  calendar: { load: async () => (await import('./times.ts')).calendar, min: 1 },
  timestamp: { load: async () => (await import('./times.ts')).timestamp, min: 1 },
  timespan: { load: async () => (await import('./times.ts')).timespan, min: 1 },
};

function setOption(asked: Asked, option: string, value: string): void {
  if (option === 'version' || option === 'quiet') asked[option] = true;
  else if (option === 'order' || option === 'require') asked.relations = option;
  else if (option === 'from-pattern') asked.from.push(value);
  else if (option === 'to-pattern') asked.to.push(value);
  else if (option === 'base-time') asked.baseTime = value;
  else if (option === 'iterations') {
    if (!/^\d+$/.test(value)) throw new UsageError(`Failed to parse iterations: ${value}`);
    asked.iterations = Math.min(Number(value), ITERATIONS_MAX);
  }
}

/** @throws UsageError */
export async function analyze(program: Program): Promise<number> {
  const asked: Asked = {
    ...{ iterations: 1, baseTime: '', version: false, quiet: false },
    ...{ relations: 'all', from: [], to: [] },
  };
  const [verb = 'time', ...words] = parseOptions(program.name, program.argv, SPECS, (option, value = '') =>
    setOption(asked, option, value),
  );
  if (asked.version) {
    program.out(VERSION_TEXT);
    return 0;
  }
  const row = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (row === undefined) throw new UsageError(unknownVerb(verb, Object.keys(VERBS)));
  if (words.length < row.min) throw new UsageError('Too few arguments.');
  return (await row.load())(program, words, asked);
}
