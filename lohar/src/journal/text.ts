/**
 * Bytes of a message and the text of a journal file. In memory a message is a string in which each byte that is no
 * UTF-8 stands as a lone surrogate U+DC80..U+DCFF (as in runtime/src/sys.ts), so nothing is lost; in a file it is
 * escaped, so that every file is valid UTF-8 without control characters and `less` and `grep` read it.
 */
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const REPLACEMENT = '\ufffd';

/** Length of the UTF-8 sequence that a byte begins, 0 when it begins none. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/** Lowest and highest second byte of a sequence: overlong forms, surrogates and > U+10FFFF are no UTF-8 (RFC 3629). */
function secondByteFits(first: number, second: number): boolean {
  if (first === 0xe0) return second >= 0xa0 && second <= 0xbf;
  if (first === 0xed) return second >= 0x80 && second <= 0x9f;
  if (first === 0xf0) return second >= 0x90 && second <= 0xbf;
  if (first === 0xf4) return second >= 0x80 && second <= 0x8f;
  return second >= 0x80 && second <= 0xbf;
}

/** Length of the valid UTF-8 sequence at `at`, 0 when there is none. */
function validLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  const length = sequenceLength(first);
  if (length < 2) return length;
  if (at + length > bytes.length || !secondByteFits(first, bytes[at + 1] ?? 0)) return 0;
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

function decodeSlowly(bytes: Uint8Array): string {
  let text = '';
  let start = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = validLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += decodeValid(bytes.subarray(start, at)) + String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
    at++;
    start = at;
  }
  return text + decodeValid(bytes.subarray(start));
}

/** A leading byte order mark is text here; some decoders swallow it. */
function decodeValid(bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return `\ufeff${decodeValid(bytes.subarray(3))}`;
  return decoder.decode(bytes);
}

/** Bytes as text; a byte that is no UTF-8 becomes a lone surrogate. The engine's decoder does all but the broken ones. */
export function decodeBytes(bytes: Uint8Array): string {
  const text = decodeValid(bytes);
  return text.includes(REPLACEMENT) ? decodeSlowly(bytes) : text;
}

const LONE = /[\udc80-\udcff]/u;
const LONE_ALL = /[\udc80-\udcff]/gu;

/** True when some byte of the message was no UTF-8. */
export function hasRawBytes(text: string): boolean {
  return LONE.test(text);
}

/** The inverse of decodeBytes. */
export function encodeBytes(text: string): Uint8Array {
  if (!LONE.test(text)) return encoder.encode(text);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const hit of text.matchAll(LONE_ALL)) {
    parts.push(encoder.encode(text.slice(from, hit.index)), Uint8Array.of(hit[0].charCodeAt(0) & 0xff));
    from = hit.index + 1;
  }
  parts.push(encoder.encode(text.slice(from)));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Control characters (C1 too: terminals obey them), the backslash, and bytes that are no UTF-8. */
const NEEDS_ESCAPE = /[\p{Cc}\\\udc80-\udcff]/u;
const NEEDS_ESCAPE_ALL = /[\p{Cc}\\\udc80-\udcff]/gu;
const SHORT: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r' };
const LONG: Readonly<Record<string, string>> = { '\\': '\\', n: '\n', t: '\t', r: '\r' };

function escapeOne(char: string): string {
  const code = char.charCodeAt(0);
  if (code >= 0x80 && code < 0xa0) return `\\u00${code.toString(16)}`;
  return SHORT[char] ?? `\\x${(code & 0xff).toString(16).padStart(2, '0')}`;
}

/** True when `escapeText` would change the text. */
export function needsEscape(text: string): boolean {
  return !isPlain(text) && NEEDS_ESCAPE.test(text);
}

/**
 * True for most texts, found by the engine's own loops: a pattern takes some 0.6 µs a character under emulation. JSON escapes
 * quotes, backslashes, control characters up to U+001F and lone surrogates; beyond ASCII, C1 may be among the rest.
 */
function isPlain(text: string): boolean {
  const quotes = text.split('"').length - 1;
  return (
    JSON.stringify(text).length === text.length + quotes + 2 &&
    !text.includes('\x7f') &&
    encoder.encode(text).length === text.length
  );
}

/** Text on one line, without control characters: `\\` `\n` `\t` `\r`, `\xHH` (a byte) and `\u00HH` (C1). */
export function escapeText(text: string): string {
  return needsEscape(text) ? text.replace(NEEDS_ESCAPE_ALL, escapeOne) : text;
}

/** The inverse of escapeText; an escape that it does not make is left as it stands. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([0-9a-f]{2})|u00([89][0-9a-f])|([\\ntr]))/g,
    (_whole, byte?: string, c1?: string, short = '') => {
      if (c1 !== undefined) return String.fromCharCode(Number.parseInt(c1, 16));
      if (byte === undefined) return LONG[short] ?? short;
      const value = Number.parseInt(byte, 16);
      return String.fromCharCode(value < 0x80 ? value : 0xdc00 + value);
    },
  );
}
