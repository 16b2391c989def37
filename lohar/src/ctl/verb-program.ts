/** The frame of the small programs that are called with a verb: hostnamectl, timedatectl, systemd-id128 ... */
import { unknownVerb } from './closest-word.ts';
import { type OptionSpec, parseOptions, UsageError } from './options.ts';
import type { Program } from './program.ts';
import { VERSION_TEXT } from './systemd-version.ts';

/** Options given, each with the values it was given with. */
export type Asked = ReadonlyMap<string, readonly string[]>;

export interface SmallVerb {
  /** Words after the verb. */
  readonly min: number;
  readonly max: number;
  /** @returns the exit code */
  readonly run: (program: Program, words: readonly string[], asked: Asked) => number;
}

export interface VerbProgram {
  readonly options: readonly OptionSpec[];
  readonly verbs: Readonly<Record<string, SmallVerb>>;
  /** Without a word; null: a word is needed. */
  readonly standard: string | null;
  /** What the first line of `--help` says. */
  readonly about: string;
}

const COMMON: readonly OptionSpec[] = [{ long: 'help', short: 'h' }, { long: 'version' }, { long: 'no-pager' }];

function helpText(name: string, { about, options, verbs }: VerbProgram): string {
  const spelled = [...COMMON, ...options].map(({ long, short, argument }) => {
    const value = argument === 'required' ? '=VALUE' : '';
    return `  ${short === undefined ? '  ' : `-${short}`} --${long}${value}`;
  });
  const commands = Object.keys(verbs).map((verb) => `  ${verb}`);
  return `${[`${name} [OPTIONS...] COMMAND ...`, '', about, '', 'Commands:', ...commands, '', 'Options:', ...spelled].join('\n')}\n`;
}

/** A name a line, in order. @returns the exit code */
export function listNames(program: Program, names: Iterable<string>): number {
  program.out(
    [...names]
      .sort()
      .map((name) => `${name}\n`)
      .join(''),
  );
  return 0;
}

/** @throws UsageError */
export function runVerbProgram(program: Program, own: VerbProgram): number {
  const asked = new Map<string, string[]>();
  const words = parseOptions(program.name, program.argv, [...COMMON, ...own.options], (option, value = '') => {
    asked.set(option, [...(asked.get(option) ?? []), value]);
  });
  if (asked.has('help') || asked.has('version')) {
    program.out(asked.has('help') ? helpText(program.name, own) : VERSION_TEXT);
    return 0;
  }
  const [verb = own.standard, ...rest] = words;
  if (verb === null) throw new UsageError('Command verb required.');
  const row = Object.hasOwn(own.verbs, verb) ? own.verbs[verb] : undefined;
  if (row === undefined) throw new UsageError(unknownVerb(verb, Object.keys(own.verbs)));
  if (rest.length < row.min) throw new UsageError('Too few arguments.');
  if (rest.length > row.max) throw new UsageError('Too many arguments.');
  return row.run(program, rest, asked);
}
