/** Readers for plain values. The texts of the warnings are systemd 255's. */
import { simplifyPath } from '../name-escape.ts';
import { splitWords, UNQUOTE, type WordRules } from '../text/words.ts';
import { parseBoolean, parseMode } from '../value/scalar.ts';
import { parseSignal } from '../value/signal.ts';
import { parseInteger } from '../value/size.ts';
import { parseTimeSpan } from '../value/time-span.ts';
import type { Reader, Reading } from './directive.ts';

/** Items of a list; more are dropped with a warning. */
export const LIST_MAX = 4096;

/** Specifiers are expanded; refused when one cannot be. */
export function resolved(text: string, at: Reading): string | null {
  const value = at.resolve(text);
  if (value === null) at.warn(`Failed to resolve unit specifiers in '${text}', ignoring: Invalid slot`);
  return value;
}

/** Kept as written. */
export const rawText: Reader<string> = (text) => text;

export const text: Reader<string> = (value, at) => (value === '' ? '' : (resolved(value, at) ?? undefined));

export const boolean: Reader<boolean> = (value, at) => {
  const parsed = parseBoolean(value);
  if (parsed === null) at.warn(`Failed to parse boolean value, ignoring: ${value}`);
  return parsed ?? undefined;
};

/** Unset is neither. */
export const tristate: Reader<boolean | null> = (value, at) => {
  if (value === '') return null;
  const parsed = parseBoolean(value);
  if (parsed === null) at.warn(`Failed to parse boolean value for ${at.key}=, ignoring: ${value}`);
  return parsed ?? undefined;
};

/** Time in seconds unless a unit is given; the value is in microseconds. */
export const seconds: Reader<number> = (value, at) => {
  const span = parseTimeSpan(value);
  if (span === null) at.warn(`Failed to parse sec value, ignoring: ${value}`);
  return span ?? undefined;
};

/** 0 means: no limit. */
function zeroIsInfinity(warning: (value: string, key: string) => string): Reader<number> {
  return (value, at) => {
    const span = parseTimeSpan(value);
    if (span === null) at.warn(warning(value, at.key));
    return span === 0 ? Number.POSITIVE_INFINITY : (span ?? undefined);
  };
}
export const timeout = zeroIsInfinity((value) => `Failed to parse time value, ignoring: ${value}`);
export const startTimeout = zeroIsInfinity((value, key) => `Failed to parse ${key}= parameter, ignoring: ${value}`);

/** null: follows another setting. */
export const abortTimeout: Reader<number | null> = (value, at) => {
  if (value === '') return null;
  const span = parseTimeSpan(value);
  if (span === null) at.warn(`Failed to parse ${at.key}= setting, ignoring: ${value}`);
  return span === 0 ? Number.POSITIVE_INFINITY : (span ?? undefined);
};

export const unsigned: Reader<number> = (value, at) => {
  const number = parseInteger(value);
  if (number !== null && number >= 0 && number < 2 ** 32) return number;
  at.warn(`Failed to parse unsigned value, ignoring: ${value}`);
  return undefined;
};

/** A number in a range; each way to be wrong has its own words. */
export function ranged(
  low: number,
  high: number,
  initial: number,
  words: { range: string; syntax: string },
): Reader<number> {
  return (value, at) => {
    if (value === '') return initial;
    const number = parseInteger(value);
    if (number === null) at.warn(`${words.syntax.replace('%', value)}`);
    else if (number < low || number > high) at.warn(`${words.range}, ignoring: ${value}`);
    else return number;
    return undefined;
  };
}

export const mode: Reader<number> = (value, at) => {
  const parsed = parseMode(value);
  if (parsed === null) at.warn(`Failed to parse mode value, ignoring: ${value}`);
  return parsed ?? undefined;
};

export const signal: Reader<number> = (value, at) => {
  const parsed = parseSignal(value);
  if (parsed === null) at.warn(`Failed to parse signal value, ignoring: ${value}`);
  return parsed ?? undefined;
};

/** One of a few words; `failure` is the start of the warning. Other spellings may stand for them. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  failure: string,
  spellings: Readonly<Record<string, Word>> = {},
): Reader<Word> {
  return (value, at) => {
    const known = words.find((word) => word === value) ?? spellings[value];
    if (known === undefined) at.warn(`${failure}, ignoring: ${value}`);
    return known;
  };
}

/** `yes` and `no` in all their spellings besides the words. */
export function booleanOr<const Word extends string>(
  words: readonly Word[],
  failure: string,
): Reader<Word | 'yes' | 'no'> {
  return (value, at) => {
    const flag = parseBoolean(value);
    if (flag !== null) return flag ? 'yes' : 'no';
    const known = words.find((word) => word === value);
    if (known === undefined) at.warn(`${failure}, ignoring: ${value}`);
    return known;
  };
}

export type PathKind = 'absolute' | 'relative';
/** A clean path, or null with the warning that it is not of this kind. */
export function checkedPath(path: string, kind: PathKind, at: Reading, fatal = false): string | null {
  const ignoring = fatal ? '' : ', ignoring';
  let wrong: string | null = null;
  if ((kind === 'absolute') !== path.startsWith('/')) wrong = kind === 'absolute' ? 'is not absolute' : 'is absolute';
  else if (path.split('/').includes('..')) wrong = 'is not normalized';
  else if (path.length >= 4096) wrong = 'is too long';
  if (wrong === null) return simplifyPath(path);
  at.warn(`${at.key}= path ${wrong}${ignoring}: ${path}`);
  if (fatal) at.fatal();
  return null;
}

export const path: Reader<string> = (value, at) => {
  if (value === '') return '';
  const full = resolved(value, at);
  return full === null ? undefined : (checkedPath(full, 'absolute', at) ?? undefined);
};

/** The words of a list, each through `item`; an empty text empties the list. */
export function list<T>(
  item: (word: string, at: Reading) => T | null,
  also: { rules?: WordRules; failure?: string; keepOnEmpty?: boolean } = {},
): Reader<readonly T[]> {
  const failure = also.failure ?? 'Invalid syntax';
  return (value, at, before) => {
    if (value === '') return also.keepOnEmpty === true ? before : [];
    const words = splitWords(value, also.rules ?? UNQUOTE);
    if (words === null) {
      at.warn(`${failure}, ignoring: ${value}`);
      return undefined;
    }
    const more = words.map((word) => item(word, at)).filter((one) => one !== null);
    if (before.length + more.length > LIST_MAX) at.warn(`Too many values for ${at.key}=, ignoring the rest.`);
    return [...before, ...more].slice(0, LIST_MAX);
  };
}

export const words = list((word, at) => resolved(word, at));
/** Kept as written, word by word: for what nothing enforces. */
export const rawWords = list((word) => word);
