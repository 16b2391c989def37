import { NAMED_ESCAPES } from '../../unit/text/c-escape.ts';

/** A value as `show-environment` prints it: quoted with $'...' when a shell would read it differently. */
const SPECIAL = /[\p{Cc}\udc80-\udcff\s"\\`$*?['()<>|&;!]/u;
const SHORT: Readonly<Record<string, string>> = {
  ...NAMED_ESCAPES,
  '\\': '\\\\',
  "'": "\\'",
};

function escapeOne(char: string): string {
  return SHORT[char] ?? `\\${(char.charCodeAt(0) & 0xff).toString(8).padStart(3, '0')}`;
}

export function posixQuote(value: string): string {
  return SPECIAL.test(value) ? `$'${value.replace(/[\p{Cc}\udc80-\udcff\\']/gu, escapeOne)}'` : value;
}
