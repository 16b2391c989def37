/** C escapes as unit files know them. Facts: systemd.service(5), "Command lines"; systemd.syntax(7). */
import { decodeBytes } from '../name-escape.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
  s: ' ',
};
const NUMERIC = /x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-7]{3}/y;

/**
 * The escape whose backslash is just before `at`.
 * @returns what it stands for and the position after it, or null when there is no such escape
 */
export function unescapeOne(
  text: string,
  at: number,
): { readonly value: string | number; readonly next: number } | null {
  const simple = SIMPLE[text[at] ?? ''];
  if (simple !== undefined) return { value: simple, next: at + 1 };
  NUMERIC.lastIndex = at;
  const found = NUMERIC.exec(text)?.[0];
  if (found === undefined) return null;
  const octal = /^[0-7]/.test(found);
  const code = octal ? Number.parseInt(found, 8) : Number.parseInt(found.slice(1), 16);
  if (code === 0 || (octal && code > 255) || code > 0x10ffff) return null;
  // \x and octal give one byte, \u and \U a character.
  const value = octal || found.startsWith('x') ? code : String.fromCodePoint(code);
  return { value, next: at + found.length };
}

/** Text under construction out of characters and single bytes; bytes that together are UTF-8 become characters. */
export class ByteText {
  #text = '';
  #bytes: number[] = [];

  add(value: string | number): void {
    if (typeof value === 'number') {
      if (value < 0x80) this.add(String.fromCharCode(value));
      else this.#bytes.push(value);
      return;
    }
    this.#flush();
    this.#text += value;
  }

  #flush(): void {
    if (this.#bytes.length === 0) return;
    this.#text += decodeBytes(this.#bytes);
    this.#bytes = [];
  }

  toString(): string {
    this.#flush();
    return this.#text;
  }
}

/** A whole text; null when an escape is broken. */
export function unescapeText(text: string): string | null {
  if (!text.includes('\\')) return text;
  const out = new ByteText();
  let at = 0;
  for (;;) {
    const backslash = text.indexOf('\\', at);
    if (backslash < 0) break;
    out.add(text.slice(at, backslash));
    const one = unescapeOne(text, backslash + 1);
    if (one === null) return null;
    out.add(one.value);
    at = one.next;
  }
  out.add(text.slice(at));
  return out.toString();
}

/** What a control character is called after a backslash, in every notation that has names for them. */
export const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};
const SHOWN: Readonly<Record<string, string>> = {
  ...NAMED_ESCAPES,
  '\\': '\\\\',
  '"': '\\"',
  $: '\\$',
  '`': '\\`',
};
/** A shell would need quotes around it. */
const NEEDS_QUOTES = /[\p{Cc}\s"\\`$*?['()<>|&;!{}~#]/u;

/** An item of a list as `show` prints it: in double quotes, escaped, when it holds anything special. */
export function quoteForShow(text: string): string {
  if (text === '') return '""';
  if (!NEEDS_QUOTES.test(text)) return text;
  return `"${text.replace(/[\p{Cc}\\"$`]/gu, (character) => SHOWN[character] ?? character)}"`;
}
