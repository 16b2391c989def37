/** Tables as systemd's tools print them: columns one blank apart, capital headers, nothing behind the last cell. */
import type { Palette } from './colour.ts';

export interface Cell {
  readonly text: string;
  /** An ANSI sequence before the text. */
  readonly colour?: string;
  readonly align?: 'left' | 'right';
}

export interface TableOptions {
  /** False: --no-legend. */
  readonly header: boolean;
  readonly colours: Palette;
}

/** Characters, not bytes; wide ones are rare in unit names and descriptions. */
export function width(text: string): number {
  return [...text].length;
}

function pad(cell: Cell, to: number, last: boolean, normal: string): string {
  const blanks = ' '.repeat(Math.max(0, to - width(cell.text)));
  const text = cell.colour ? `${cell.colour}${cell.text}${normal}` : cell.text;
  if (cell.align === 'right') return blanks + text;
  return last ? text : text + blanks;
}

/** @returns lines, each with its line feed */
export function formatTable(
  header: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
): string {
  const shown = options.header ? [header, ...rows] : rows;
  const widths = header.map((_, column) => Math.max(0, ...shown.map((row) => width(row[column]?.text ?? ''))));
  const { normal, underline } = options.colours;
  const line = (row: readonly Cell[]) =>
    row.map((cell, column) => pad(cell, widths[column] ?? 0, column === header.length - 1, normal)).join(' ');
  const head = options.header ? `${underline}${line(header)}${underline === '' ? '' : normal}\n` : '';
  return head + rows.map((row) => `${line(row)}\n`).join('');
}

export const cell = (text: string): Cell => ({ text });
export const right = (text: string): Cell => ({ text, align: 'right' });
