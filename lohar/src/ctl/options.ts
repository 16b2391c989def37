/**
 * Command lines as getopt_long(3) reads them: `--lines=5`, `--lines 5`, abbreviations, clusters such as `-xeu nginx`,
 * options after operands, `--`. Its messages are glibc's, which is what systemd's tools print.
 */

export type Argument = 'none' | 'required' | 'optional';

export interface OptionSpec {
  readonly long: string;
  readonly short?: string;
  readonly argument?: Argument;
}

/** A command line that cannot be understood; the message is printed as it is, the exit code is 1. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** What an option's handler may look at: `journalctl -n` and `-b` take the next word when it suits them. */
export interface Following {
  readonly next: string | undefined;
  take(): void;
}

export type OnOption = (long: string, value: string | undefined, following: Following) => void;

class Words {
  readonly #words: readonly string[];
  at = 0;
  constructor(words: readonly string[]) {
    this.#words = words;
  }
  get next(): string | undefined {
    return this.#words[this.at];
  }
  take(): string {
    return this.#words[this.at++] ?? '';
  }
}

function findLong(program: string, name: string, specs: readonly OptionSpec[]): OptionSpec {
  const exact = specs.find((spec) => spec.long === name);
  if (exact !== undefined) return exact;
  const matching = specs.filter((spec) => spec.long.startsWith(name));
  const [first] = matching;
  if (first === undefined) throw new UsageError(`${program}: unrecognized option '--${name}'`);
  if (matching.length === 1) return first;
  const possible = matching.map((spec) => ` '--${spec.long}'`).join('');
  throw new UsageError(`${program}: option '--${name}' is ambiguous; possibilities:${possible}`);
}

function readLong(program: string, word: string, words: Words, specs: readonly OptionSpec[], on: OnOption): void {
  const equals = word.indexOf('=');
  const name = word.slice(2, equals < 0 ? undefined : equals);
  const spec = findLong(program, name, specs);
  let value = equals < 0 ? undefined : word.slice(equals + 1);
  if (value !== undefined && (spec.argument ?? 'none') === 'none')
    throw new UsageError(`${program}: option '--${spec.long}' doesn't allow an argument`);
  if (value === undefined && spec.argument === 'required') {
    if (words.next === undefined) throw new UsageError(`${program}: option '--${spec.long}' requires an argument`);
    value = words.take();
  }
  on(spec.long, value, words);
}

function readCluster(program: string, word: string, words: Words, specs: readonly OptionSpec[], on: OnOption): void {
  for (let i = 1; i < word.length; i++) {
    const letter = word[i] ?? '';
    const spec = specs.find((candidate) => candidate.short === letter);
    if (spec === undefined) throw new UsageError(`${program}: invalid option -- '${letter}'`);
    if ((spec.argument ?? 'none') === 'none') {
      on(spec.long, undefined, words);
      continue;
    }
    let value = i + 1 < word.length ? word.slice(i + 1) : undefined;
    if (value === undefined && spec.argument === 'required') {
      if (words.next === undefined) throw new UsageError(`${program}: option requires an argument -- '${letter}'`);
      value = words.take();
    }
    on(spec.long, value, words);
    return;
  }
}

/**
 * Reads a command line without the program's name; `on` is called for each option in order and may throw.
 * @returns the operands
 * @throws UsageError
 */
export function parseOptions(
  program: string,
  argv: readonly string[],
  specs: readonly OptionSpec[],
  on: OnOption,
): string[] {
  const operands: string[] = [];
  const words = new Words(argv);
  while (words.next !== undefined) {
    const word = words.take();
    if (word === '--') {
      while (words.next !== undefined) operands.push(words.take());
    } else if (word.startsWith('--')) readLong(program, word, words, specs, on);
    else if (word.startsWith('-') && word !== '-') readCluster(program, word, words, specs, on);
    else operands.push(word);
  }
  return operands;
}
