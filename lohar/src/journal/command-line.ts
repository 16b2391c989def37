/** A command line in one text, quoted as systemd shows it: in _CMDLINE= and in the process tree of `systemctl status`. */
import { NAMED_ESCAPES } from '../unit/text/c-escape.ts';

/** Characters that make quotes necessary: blanks, globs and what a shell takes for its own. */
const SPECIAL = /[\p{Cc}\udc80-\udcff\s"\\`$*?['()<>|&;!]/u;
const ESCAPED = /[\p{Cc}\udc80-\udcff"\\`$]/gu;

function escapeOne(char: string): string {
  const code = char.charCodeAt(0);
  if (code >= 0x20 && code < 0x7f) return `\\${char}`;
  const octal = (byte: number) => `\\${byte.toString(8).padStart(3, '0')}`;
  return NAMED_ESCAPES[char] ?? (code >= 0x80 && code < 0xa0 ? char : octal(code & 0xff));
}

export function quoteArgument(argument: string): string {
  if (argument === '') return '""';
  return SPECIAL.test(argument) ? `"${argument.replace(ESCAPED, escapeOne)}"` : argument;
}

export function quoteCommandLine(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(' ');
}

/** Content of /proc/PID/cmdline into arguments; '' gives none. */
export function splitCommandLine(content: string): string[] {
  const text = content.replace(/\0+$/, '');
  return text === '' ? [] : text.split('\0');
}
