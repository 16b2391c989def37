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

/** Blanks have the colour of the cell that they fill, and so has the gap behind it. */
function padded(cell: Cell, to: number, last: boolean, normal: string): string {
  const blanks = ' '.repeat(Math.max(0, to - width(cell.text)));
  const plain = last && !cell.colour && cell.align !== 'right';
  const text = cell.align === 'right' ? blanks + cell.text : plain ? cell.text : cell.text + blanks;
  return painted(text, cell, normal) + (last ? '' : painted(' ', cell, normal));
}

const painted = (text: string, { colour }: Cell, normal: string): string =>
  colour && text !== '' ? `${colour}${text}${normal}` : text;

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
    row.map((cell, column) => padded(cell, widths[column] ?? 0, column === header.length - 1, normal)).join('');
  const titles = underline === '' ? header : header.map((title) => ({ ...title, colour: underline }));
  const head = options.header ? `${line(titles)}\n` : '';
  return head + rows.map((row) => `${line(row)}\n`).join('');
}

export const cell = (text: string): Cell => ({ text });
export const right = (text: string): Cell => ({ text, align: 'right' });
