/** What is shown of a value as it is, and what only as `[21B blob data]`. */
import { encodeBytes, hasRawBytes } from '../../journal/text.ts';
import { formatBytes } from '../text/byte-size.ts';

/** Longest value that a line shows besides the message (systemd: PRINT_CHAR_THRESHOLD). */
export const VALUE_LENGTH_MAX = 300;
/** Control characters but tab and line feed. */
const CONTROL = /[^\P{Cc}\t\n]/u;

export function isPrintable(value: string): boolean {
  return !hasRawBytes(value) && !CONTROL.test(value);
}

export function blob(value: string): string {
  return `[${formatBytes(encodeBytes(value).length)} blob data]`;
}

const ESCAPE = '\x1b';
const BELL = '\x07';

/** What follows an escape character without the colour or link that it begins. */
function cutSequence(text: string): string {
  const colour = /^\[[0-9;]*m/.exec(text);
  if (colour !== null) return text.slice(colour[0].length);
  const link = /^\][ -~]*/.exec(text);
  const end = link === null ? -1 : link[0].length;
  return text[end] === BELL ? text.slice(end + 1) : ESCAPE + text;
}

/** systemd's strip_tab_ansi: tabs become eight blanks, colours and links go, carriage returns at a line's end go. */
export function stripForTerminal(message: string): string {
  const [first = '', ...rest] = message.split(ESCAPE);
  const text = rest.length === 0 ? first : first + rest.map(cutSequence).join('');
  return text.replace(/\r+(?=\n|$)/g, '').replaceAll('\t', '        ');
}

/** Cuts a text to a width, leaving out what is before the last part; `percent` of it is the beginning. */
export function ellipsize(text: string, columns: number, percent: number): string {
  const chars = [...text];
  if (chars.length <= columns) return text;
  if (columns < 1) return '';
  const begin = Math.min(columns - 1, Math.floor(((columns - 1) * percent + 50) / 100));
  const end = columns - 1 - begin;
  return `${chars.slice(0, begin).join('')}…${end > 0 ? chars.slice(-end).join('') : ''}`;
}
