/** Splits a setting into words with quotes and escapes. Facts: systemd.syntax(7), "Quoting". */
import { ByteText, unescapeOne } from './c-escape.ts';

export interface WordRules {
  /** Quotes group and are removed. */
  readonly unquote: boolean;
  /** C escapes: refused when broken, kept as they are when broken, or only the backslash is taken off. */
  readonly escapes: 'strict' | 'keep-unknown' | 'drop-backslash' | 'none';
  /** An open quote or a backslash at the end is forgiven. */
  readonly relaxed?: boolean;
  readonly separators?: RegExp;
}

export type Word =
  | { readonly word: string; readonly next: number }
  | { readonly end: true }
  | { readonly bad: 'quote' | 'escape' };

export const BLANKS = /[ \t\n\r]+/y;
const SPECIAL: ReadonlySet<string> = new Set(['"', "'", '\\']);

/** The word at or after `from`. `next` is the start of what follows its separators. */
export function nextWord(text: string, from: number, rules: WordRules): Word {
  const separators = rules.separators ?? BLANKS;
  let at = skip(text, from, separators);
  if (at >= text.length) return { end: true };
  const out = new ByteText();
  let quote = '';
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '\\' && rules.escapes !== 'none') {
      const taken = takeEscape(text, at, rules, quote);
      if (taken === null) return { bad: 'escape' };
      out.add(taken.value);
      at = taken.next;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else out.add(character);
      at++;
    } else if (rules.unquote && (character === '"' || character === "'")) {
      quote = character;
      at++;
    } else {
      const past = skip(text, at, separators);
      if (past > at) return { word: out.toString(), next: past };
      out.add(character);
      at++;
    }
  }
  if (quote !== '' && rules.relaxed !== true) return { bad: 'quote' };
  return { word: out.toString(), next: text.length };
}

function takeEscape(
  text: string,
  at: number,
  rules: WordRules,
  quote: string,
): { value: string | number; next: number } | null {
  if (at + 1 >= text.length) {
    if (rules.escapes === 'keep-unknown' && (quote === '' || rules.relaxed === true))
      return { value: '\\', next: at + 1 };
    return rules.relaxed === true ? { value: '', next: at + 1 } : null;
  }
  if (rules.escapes === 'drop-backslash') return { value: text.charAt(at + 1), next: at + 2 };
  const one = unescapeOne(text, at + 1);
  if (one !== null) return one;
  return rules.escapes === 'keep-unknown' ? { value: text.slice(at, at + 2), next: at + 2 } : null;
}

function skip(text: string, at: number, separators: RegExp): number {
  separators.lastIndex = at;
  return separators.test(text) ? separators.lastIndex : at;
}

export const UNQUOTE: WordRules = { unquote: true, escapes: 'drop-backslash' };
export const UNQUOTE_C: WordRules = { unquote: true, escapes: 'strict' };
export const UNQUOTE_C_KEEP: WordRules = { unquote: true, escapes: 'keep-unknown' };
export const UNQUOTE_RELAXED: WordRules = { unquote: true, escapes: 'drop-backslash', relaxed: true };

/** All words; null when quotes or escapes are broken. */
export function splitWords(text: string, rules: WordRules): string[] | null {
  if (rules.separators === undefined && !hasSpecial(text))
    return text.split(/[ \t\n\r]+/).filter((word) => word !== '');
  const words: string[] = [];
  for (let at = 0; ; ) {
    const one = nextWord(text, at, rules);
    if ('end' in one) return words;
    if ('bad' in one) return null;
    words.push(one.word);
    at = one.next;
  }
}

function hasSpecial(text: string): boolean {
  for (const character of SPECIAL) if (text.includes(character)) return true;
  return false;
}
