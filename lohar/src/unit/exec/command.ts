/** One command line of a unit and how it is read. Facts: systemd.service(5), "Command lines". */
import { simplifyPath } from '../name-escape.ts';
import { nextWord, UNQUOTE_C, UNQUOTE_C_KEEP } from '../text/words.ts';
import type { Resolve } from './specifier.ts';

export interface Command {
  /** Absolute, or a bare name to be looked up when the command runs. */
  readonly path: string;
  readonly argv: readonly string[];
  /** `-` */
  readonly ignoreFailure: boolean;
  /** `:` */
  readonly noExpand: boolean;
  /** `+` full, `!` keep the user, `!!` ambient. */
  readonly privileges: '' | '+' | '!' | '!!';
}

/** Arguments of one command; more make the line a fatal error. */
const ARGUMENTS_MAX = 4096;
const SEPARATOR = /;(?=[ \t\n\r]|$)[ \t\n\r]*/y;
const ESCAPED_SEPARATOR = /\\;(?=[ \t\n\r]|$)[ \t\n\r]*/y;

export type Parsed =
  | { readonly ok: true; readonly commands: readonly Command[]; readonly warnings: readonly string[] }
  /** `fatal`: the unit must not be started. */
  | { readonly ok: false; readonly fatal: boolean; readonly warnings: readonly string[] };

/** Reads a whole Exec...= value: several commands stand apart by ` ; `. */
export function parseCommands(value: string, resolve: Resolve): Parsed {
  const reader = new Reader(value, resolve);
  const commands: Command[] = [];
  for (;;) {
    const command = reader.command();
    if (command === 'end') return { ok: true, commands, warnings: reader.warnings };
    if (command === 'fatal' || command === 'ignored')
      return { ok: false, fatal: command === 'fatal', warnings: reader.warnings };
    if (command !== 'empty') commands.push(command);
  }
}

interface Prefixes {
  readonly rest: string;
  readonly ignoreFailure: boolean;
  readonly separateArgv0: boolean;
  readonly noExpand: boolean;
  readonly privileges: Command['privileges'];
}

/** Each prefix counts once; the first character that is none (or comes twice) begins the path. */
function takePrefixes(word: string): Prefixes {
  let at = 0;
  let ignoreFailure = false;
  let separateArgv0 = false;
  let noExpand = false;
  let privileges: Command['privileges'] = '';
  for (; ; at++) {
    const character = word.charAt(at);
    if (character === '-' && !ignoreFailure) ignoreFailure = true;
    else if (character === '@' && !separateArgv0) separateArgv0 = true;
    else if (character === ':' && !noExpand) noExpand = true;
    else if (character === '+' && privileges === '') privileges = '+';
    else if (character === '!' && privileges === '') privileges = '!';
    else if (character === '!' && privileges === '!') privileges = '!!';
    else break;
  }
  return { rest: word.slice(at), ignoreFailure, separateArgv0, noExpand, privileges };
}

class Reader {
  readonly warnings: string[] = [];
  readonly #value: string;
  readonly #resolve: Resolve;
  #at = 0;
  #more = true;

  constructor(value: string, resolve: Resolve) {
    this.#value = value;
    this.#resolve = resolve;
  }

  command(): Command | 'end' | 'empty' | 'fatal' | 'ignored' {
    if (!this.#more) return 'end';
    this.#more = false;
    const first = this.#word();
    // A quote that is never closed in the first word drops the line without making the unit unfit (as systemd does).
    if (first === null || first === undefined) return 'end';
    if (first === ';') {
      this.#more = true;
      return 'empty';
    }
    const prefixes = takePrefixes(first);
    const failed = prefixes.ignoreFailure ? 'ignored' : 'fatal';
    const path = this.#path(prefixes);
    if (path === null) return failed;
    const argv = this.#arguments(prefixes, path);
    if (argv === null) return failed;
    const { ignoreFailure, noExpand, privileges } = prefixes;
    return { path: simplifyPath(path), argv, ignoreFailure, noExpand, privileges };
  }

  #path(prefixes: Prefixes): string | null {
    const ignoring = prefixes.ignoreFailure ? ', ignoring' : '';
    const path = this.#resolve(prefixes.rest);
    if (path === null) {
      this.warnings.push(`Failed to resolve unit specifiers in '${prefixes.rest}'${ignoring}: Invalid slot`);
      return null;
    }
    const wrong = wrongPath(path);
    if (wrong === null) return path;
    const about = wrong === 'Empty path in command line' ? `'${this.#value}'` : path;
    this.warnings.push(`${wrong}${ignoring}: ${about}`);
    return null;
  }

  #arguments(prefixes: Prefixes, path: string): string[] | null {
    const argv = prefixes.separateArgv0 ? [] : [path];
    const ignoring = prefixes.ignoreFailure ? ', ignoring' : '';
    while (this.#at < this.#value.length && argv.length <= ARGUMENTS_MAX) {
      if (this.#skip(SEPARATOR)) {
        this.#more = true;
        break;
      }
      if (this.#skip(ESCAPED_SEPARATOR)) {
        argv.push(';');
        continue;
      }
      const word = this.#word();
      if (word === undefined) return null;
      if (word === null) break;
      const resolved = this.#resolve(word);
      if (resolved === null) {
        this.warnings.push(`Failed to resolve unit specifiers in ${word}${ignoring}: Invalid slot`);
        return null;
      }
      argv.push(resolved);
    }
    if (argv.length > ARGUMENTS_MAX) {
      this.warnings.push(`Argument list too long${ignoring}: ${this.#value.slice(0, 200)}`);
      return null;
    }
    if (argv.length > 0 && argv[0] !== '') return argv;
    this.warnings.push(`Empty executable name or zeroeth argument${ignoring}: ${this.#value}`);
    return null;
  }

  #skip(what: RegExp): boolean {
    what.lastIndex = this.#at;
    if (!what.test(this.#value)) return false;
    this.#at = what.lastIndex;
    return true;
  }

  /** null at the end, undefined when quotes do not match. An unknown escape is kept, with a warning. */
  #word(): string | null | undefined {
    const strict = nextWord(this.#value, this.#at, UNQUOTE_C);
    let found = strict;
    if ('bad' in strict) {
      found = nextWord(this.#value, this.#at, UNQUOTE_C_KEEP);
      if ('bad' in found) {
        this.warnings.push(`Unbalanced quoting, ignoring: "${this.#value}"`);
        return undefined;
      }
      if ('word' in found) this.warnings.push(`Ignoring unknown escape sequences: "${found.word}"`);
    }
    if ('end' in found) return null;
    if ('bad' in found) return undefined;
    this.#at = found.next;
    return found.word;
  }
}

function wrongPath(path: string): string | null {
  if (path === '') return 'Empty path in command line';
  if (/[\p{Cc}"'\\]/u.test(path)) return 'Executable name contains special characters';
  if (path.endsWith('/')) return 'Executable path specifies a directory';
  const valid = path.startsWith('/')
    ? path.length < 4096
    : !path.includes('/') && path !== '.' && path !== '..' && path.length < 256;
  return valid ? null : 'Neither a valid executable name nor an absolute path';
}
