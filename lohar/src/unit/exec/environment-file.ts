/** The syntax of EnvironmentFile=. Facts: systemd.exec(5); recording b3b, where it differs from a shell. */
import { isEnvironmentName, isEnvironmentValue } from './environment.ts';

/** Bytes of one file; longer ones are an error. */
export const ENVIRONMENT_FILE_SIZE_MAX = 1024 * 1024;

export interface EnvironmentFile {
  readonly entries: readonly string[];
  /** Assignments that were dropped, as `NAME=value`. */
  readonly invalid: readonly string[];
}

const COMMENT = /[#;](?:\\[\s\S]|[^\n\r\\])*/y;
const KEY = /[^=\n\r]*/y;
const UNQUOTED = /[^\n\r\\]+/y;
const BLANKS = /[ \t]+/y;

/** Reads a whole file. Nothing is expanded; broken lines are left out. */
export function parseEnvironmentFile(text: string): EnvironmentFile {
  const byName = new Map<string, string>();
  const invalid: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (/[ \t\n\r]/.test(text.charAt(at))) {
      at++;
      continue;
    }
    COMMENT.lastIndex = at;
    if (COMMENT.test(text)) {
      at = COMMENT.lastIndex;
      continue;
    }
    const key = match(KEY, text, at);
    at += key.length;
    if (text.charAt(at) !== '=') continue;
    const value = takeValue(text, at + 1);
    at = value.next;
    const name = key.trimEnd();
    if (isEnvironmentName(name) && isEnvironmentValue(value.text)) byName.set(name, `${name}=${value.text}`);
    else invalid.push(`${name}=${value.text}`);
  }
  return { entries: [...byName.values()], invalid };
}

/** Quoted parts and blanks between them first; the first other character begins an unquoted rest of the line. */
function takeValue(text: string, from: number): { text: string; next: number } {
  let out = '';
  for (let at = from; at < text.length; ) {
    const character = text.charAt(at);
    if (character === '\n' || character === '\r') return { text: out, next: at };
    if (character === "'") {
      const close = text.indexOf("'", at + 1);
      const end = close < 0 ? text.length : close;
      out += text.slice(at + 1, end);
      at = end + 1;
    } else if (character === '"') {
      const quoted = takeDoubleQuoted(text, at + 1);
      out += quoted.text;
      at = quoted.next;
    } else if (character === ' ' || character === '\t') {
      at += match(BLANKS, text, at).length;
    } else {
      const rest = takeUnquoted(text, at);
      return { text: out + rest.text, next: rest.next };
    }
  }
  return { text: out, next: text.length };
}

/** A backslash goes only before the characters that a shell would need one for. */
function takeDoubleQuoted(text: string, from: number): { text: string; next: number } {
  let out = '';
  for (let at = from; at < text.length; ) {
    const character = text.charAt(at);
    if (character === '"') return { text: out, next: at + 1 };
    if (character === '\\') {
      const escaped = text.charAt(at + 1);
      if (/["\\`$]/.test(escaped)) out += escaped;
      else if (escaped !== '\n') out += `\\${escaped}`;
      at += 2;
    } else {
      out += character;
      at++;
    }
  }
  return { text: out, next: text.length };
}

function takeUnquoted(text: string, from: number): { text: string; next: number } {
  let out = '';
  // Blanks at the end go, but not those that an escape protects.
  let keep = 0;
  let at = from;
  while (at < text.length && !/[\n\r]/.test(text.charAt(at))) {
    if (text.charAt(at) === '\\') {
      const escaped = text.charAt(at + 1);
      if (!/[\n\r]/.test(escaped)) out += escaped;
      keep = out.length;
      at += 2;
    } else {
      const run = match(UNQUOTED, text, at);
      out += run;
      at += run.length;
    }
  }
  const trimmed = out.trimEnd();
  return { text: out.slice(0, Math.max(keep, trimmed.length)), next: at };
}

function match(what: RegExp, text: string, at: number): string {
  what.lastIndex = at;
  return what.exec(text)?.[0] ?? '';
}
