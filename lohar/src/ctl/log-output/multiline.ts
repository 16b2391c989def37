/** A message of one or many lines: further lines are indented, and cut to the terminal's width unless all is wanted. */
import { COLOURS, type Palette } from '../text/colour.ts';
import { ellipsize } from './printable.ts';

/** Without -l or -a: at most three lines and 300 characters. */
const LINES_MAX = 3;
const CHARACTERS_MAX = 300;

export interface LineStyle {
  readonly on: string;
  readonly off: string;
  readonly mark: string;
}

/** Colours by priority; nothing for info. */
export function styleOf(priority: number, colours: Palette): LineStyle {
  if (colours.normal === '') return { on: '', off: '', mark: '' };
  const [on, mark] =
    priority <= 3
      ? [colours.boldRed, colours.bold]
      : priority === 4
        ? [colours.boldYellow, colours.bold]
        : priority === 5
          ? [colours.bold, colours.boldRed]
          : priority === 7
            ? [colours.grey, colours.boldRed]
            : ['', COLOURS.boldRed];
  return { on, off: on === '' && mark === '' ? '' : colours.normal, mark };
}

/** Marks the first match of a pattern in a line. */
function marked(line: string, style: LineStyle, grep: RegExp | undefined): string {
  const found = style.mark === '' ? null : grep?.exec(line);
  if (found == null || found[0] === '') return style.on === '' ? line : `${style.on}${line}${style.off}`;
  const end = found.index + found[0].length;
  return `${style.on}${line.slice(0, found.index)}${style.mark}${found[0]}${style.on || style.off}${line.slice(end)}${style.off}`;
}

export interface Layout {
  /** Columns before the message. */
  readonly indent: number;
  readonly columns: number;
  readonly full: boolean;
  readonly style: LineStyle;
  readonly grep?: RegExp;
}

/** @returns lines, each with its line feed; the first continues what the caller has written */
export function printMultiline(message: string, layout: Layout): string {
  const { indent, columns, full, style, grep } = layout;
  if (message === '') return '\n';
  const lines = message.split('\n');
  if (lines.at(-1) === '') lines.pop();
  let out = '';
  let before = 0;
  for (const [i, line] of lines.entries()) {
    const start = i === 0 ? '' : ' '.repeat(indent);
    const tail = i + 1 === LINES_MAX || before + line.length + 1 >= CHARACTERS_MAX;
    before += line.length + 1;
    if (full || (indent + line.length + 1 < columns && !tail)) {
      out += `${start}${marked(line, style, grep)}\n`;
      continue;
    }
    const room = columns - indent;
    if (room < 3) out += '...\n';
    else if (room > line.length + 3) out += `${start}${style.on}${line}...${style.off}\n`;
    else out += `${start}${style.on}${ellipsize(line, room, tail ? 100 : 90)}${style.off}\n`;
    if (tail) break;
  }
  return out;
}
