/** Escaping of strings and paths into unit names, and of what users type. Facts: systemd.unit(5), systemd-escape(1). */
import { isGlob, nameKind, stem, typeOfName } from './name.ts';

/** Characters of a name as typed; longer input is refused. */
const TYPED_SIZE_MAX = 4096;
const PLAIN = /^[0-9A-Za-z:_.]$/;
const WITH_AT = /^[0-9A-Za-z:_.\\@-]+$/;
const GLOB = /^[0-9A-Za-z:_.\\@[\]!*?-]+$/;
const DEVICE = /^\/(dev|sys)\//;
const hex = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;

/** UTF-8 bytes; a lone surrogate U+DC80..U+DCFF stands for one byte that was no UTF-8 (runtime/src/sys.ts). */
function bytesOf(character: string): number[] {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0xdc80 && code <= 0xdcff) return [code - 0xdc00];
  return [...new TextEncoder().encode(character)];
}

const escapeCharacter = (character: string): string => bytesOf(character).map(hex).join('');

/** `a-b/c` -> `a\x2db-c`. */
export function escapeName(text: string): string {
  let out = '';
  for (const character of text) {
    if (out === '' && character === '.') out += hex(0x2e);
    else if (character === '/') out += '-';
    else out += PLAIN.test(character) ? character : escapeCharacter(character);
  }
  return out;
}

/** The reverse of escapeName; null when an escape is broken. */
export function unescapeName(text: string): string | null {
  if (!/[\\-]/.test(text)) return text;
  if (/\\(?!x[0-9A-Fa-f]{2})/.test(text)) return null;
  const bytes: number[] = [];
  for (const [piece] of text.matchAll(/\\x..|[^\\]/gu)) {
    if (piece.length === 4 && piece.startsWith('\\x')) bytes.push(Number.parseInt(piece.slice(2), 16));
    else bytes.push(...bytesOf(piece === '-' ? '/' : piece));
  }
  return decodeBytes(bytes);
}

/** UTF-8, with each byte that is none as a lone surrogate. */
export function decodeBytes(bytes: readonly number[]): string {
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  if (!text.includes('\ufffd')) return text;
  return bytes.map((byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join('');
}

/** `/foo//bar/` -> `foo-bar`, `/` -> `-`; null when the path has `..` or is not absolute. */
export function escapePath(path: string): string | null {
  const clean = simplifyPath(path);
  if (clean.split('/').includes('..')) return null;
  return clean === '/' || clean === '' ? '-' : escapeName(clean.replace(/^\//, ''));
}

/** `foo-bar` -> `/foo/bar`. */
export function unescapePath(text: string): string | null {
  if (text === '-') return '/';
  const plain = unescapeName(text);
  return plain === null || plain === '' || plain.startsWith('/') || plain.endsWith('/') ? null : `/${plain}`;
}

/** The path that a mount, swap or device is named after; '' when it is named after none. */
export const pathOf = (id: string): string => unescapePath(stem(id)) ?? '';

/** Without double and trailing slashes and without `.` parts. */
export function simplifyPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return (path.startsWith('/') ? '/' : '') + parts.join('/');
}

/** What `systemctl` makes of a name as typed. */
export type Mangled =
  | { readonly is: 'name'; readonly name: string; readonly escaped: boolean }
  | { readonly is: 'glob'; readonly pattern: string; readonly escaped: boolean }
  | { readonly is: 'bad' };

/** Adds the suffix, turns paths into mount and device units, escapes what no name may have. */
export function mangleName(typed: string, suffix: string, globs: boolean): Mangled {
  if (typed === '' || typed.length > TYPED_SIZE_MAX) return { is: 'bad' };
  if (nameKind(typed) !== null) return { is: 'name', name: typed, escaped: false };
  if (globs && isGlob(typed) && GLOB.test(typed)) return { is: 'glob', pattern: typed, escaped: false };
  if (typed.startsWith('/')) {
    const path = escapePath(typed);
    if (path !== null) return { is: 'name', name: path + (DEVICE.test(typed) ? '.device' : '.mount'), escaped: false };
  }
  const clean = escapeForbidden(typed, globs ? GLOB : WITH_AT);
  if (globs && isGlob(clean)) return { is: 'glob', pattern: clean, escaped: clean !== typed };
  const name = typeOfName(clean) === null ? clean + suffix : clean;
  return nameKind(name) === null ? { is: 'bad' } : { is: 'name', name, escaped: clean !== typed };
}

function escapeForbidden(text: string, allowed: RegExp): string {
  let out = '';
  for (const character of text) {
    if (character === '/') out += '-';
    else out += allowed.test(character) ? character : escapeCharacter(character);
  }
  return out;
}
