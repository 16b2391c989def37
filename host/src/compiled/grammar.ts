/**
 * Stands in for commander's Command: a verb's `define` describes itself to it, and words are read by what it wrote down.
 * It reads what is usual. Whatever else there is (help, mistakes, abbreviations) is left to commander, which has the words
 * for it: `undefined` says so.
 */
import { optionsFirst } from '../cli/options-first.ts';

type Parser = (value: string, before: unknown) => unknown;

interface Known {
  readonly short: string | undefined;
  readonly long: string;
  /** The key in the options. */
  readonly key: string;
  /** Takes a value. */
  readonly required: boolean;
  /** --no-x: false when given, true otherwise. */
  readonly negated: boolean;
  readonly parse: Parser | undefined;
}

type Action = (...given: unknown[]) => unknown;

/** What the words ask for: positional arguments as the action takes them, and options. */
export interface Asked {
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** '-w, --workdir <folder>' */
function known(flags: string, parse: Parser | undefined): Known {
  const [, short, long = '', value] = /^(?:(-\w), )?(--[\w-]+)( <\w[^>]*>)?$/.exec(flags) ?? [];
  if (long === '') throw new Error(`the client does not know options like ${flags}`);
  const negated = long.startsWith('--no-');
  const name = long.slice(negated ? 5 : 2);
  const key = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return { short, long, key, required: value !== undefined, negated, parse };
}

export class Grammar {
  readonly options: Known[] = [];
  /** Of each positional argument: takes all that are left. */
  readonly #variadic: boolean[] = [];
  #passThrough = false;
  #action: Action = () => {};

  /** '<sandbox>' or '<sandbox...>' */
  argument(form: string): this {
    if (!/^<[\w-]+(\.{3})?>$/.test(form)) throw new Error(`the client does not know arguments like ${form}`);
    this.#variadic.push(form.endsWith('...>'));
    return this;
  }

  option(flags: string, _text: string, parse?: Parser): this {
    this.options.push(known(flags, parse));
    return this;
  }

  passThroughOptions(): this {
    this.#passThrough = true;
    return this;
  }

  addHelpText(): this {
    return this;
  }

  action(action: Action): this {
    this.#action = action;
    return this;
  }

  /** Does what the words ask for. */
  async act({ args, options }: Asked): Promise<void> {
    await this.#action(...args, options, { optsWithGlobals: () => options });
  }

  /** @param words behind the verb's name. @returns undefined when they are commander's to read */
  read(words: readonly string[]): Asked | undefined {
    const options: Record<string, unknown> = {};
    for (const { negated, key } of this.options) if (negated) options[key] = true;
    const ordered = this.#passThrough ? optionsFirst(words, this) : [...words];
    const operands: string[] = [];
    while (ordered.length > 0) {
      const word = ordered.shift() ?? '';
      if (!this.#passThrough && word === '--') operands.push(...ordered.splice(0));
      else if (word.startsWith('-') && word !== '-') {
        if (!this.#take(word, ordered, options)) return undefined;
      } else {
        operands.push(word);
        if (this.#passThrough) operands.push(...ordered.splice(0));
      }
    }
    const args = this.#arguments(operands);
    return args === undefined ? undefined : { args, options };
  }

  /** @returns false for an option that is none of these */
  #take(word: string, rest: string[], options: Record<string, unknown>): boolean {
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const name = equals < 0 ? word : word.slice(0, equals);
    const option = this.options.find(({ short, long }) => name === long || name === short);
    if (option === undefined || (!option.required && equals >= 0)) return false;
    const { key, parse } = option;
    if (!option.required) {
      options[key] = !option.negated;
      return true;
    }
    const value = equals < 0 ? rest.shift() : word.slice(equals + 1);
    if (value === undefined) return false;
    options[key] = parse === undefined ? value : parse(value, options[key]);
    return true;
  }

  #arguments(operands: readonly string[]): unknown[] | undefined {
    const single = this.#variadic.indexOf(true);
    if (operands.length < this.#variadic.length) return undefined;
    if (single < 0) return operands.length === this.#variadic.length ? [...operands] : undefined;
    return [...operands.slice(0, single), operands.slice(single)];
  }
}
