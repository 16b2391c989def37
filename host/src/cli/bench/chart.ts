/** A picture of the distributions: each sample a dot on a logarithmic axis, the median a line with its number. */
import { median, OPERATIONS, type Row } from './rows.ts';
import { figure } from './statistics.ts';

const LABELS_WIDTH = 250;
const AXIS_WIDTH = 560;
const MARGIN = 20;
const ROW_HEIGHT = 34;
const TOP = 74;

/** Whole decades around all samples: [1, 10_000] for 3 to 4000 ms. */
function decades(rows: readonly Row[]): [first: number, last: number] {
  const all = rows.flatMap(({ samples }) => samples).filter((ms) => ms > 0);
  const first = Math.floor(Math.log10(Math.min(...all)));
  return [first, Math.max(first + 1, Math.ceil(Math.log10(Math.max(...all))))];
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

/** @param rows at least one @param title stands above the picture, and what was measured on below it */
export function chart(rows: readonly Row[], title: string, where: string): string {
  const [first, last] = decades(rows);
  const bottom = TOP + rows.length * ROW_HEIGHT;
  const x = (ms: number): string =>
    (LABELS_WIDTH + ((Math.log10(ms) - first) / (last - first)) * AXIS_WIDTH).toFixed(1);
  const grid = Array.from({ length: last - first + 1 }, (_, step) => 10 ** (first + step)).map(
    (ms) =>
      `<line x1="${x(ms)}" x2="${x(ms)}" y1="${TOP - 6}" y2="${bottom}" stroke="#d8dee4"/>` +
      `<text x="${x(ms)}" y="${bottom + 18}" text-anchor="middle" fill="#57606a">${ms < 1000 ? `${ms} ms` : `${ms / 1000} s`}</text>`,
  );
  const drawn = rows.map((row, at) => {
    const y = TOP + at * ROW_HEIGHT + ROW_HEIGHT / 2;
    const dots = row.samples.map((ms) => `<circle cx="${x(ms)}" cy="${y}" r="4"/>`).join('');
    const middle = x(median(row));
    return (
      `<text x="${MARGIN}" y="${y + 4}">${escaped(OPERATIONS[row.operation])}</text>` +
      `<g fill="#0969da" fill-opacity="0.3">${dots}</g>` +
      `<line x1="${middle}" x2="${middle}" y1="${y - 9}" y2="${y + 9}" stroke="#cf222e" stroke-width="2"/>` +
      `<text x="${middle}" y="${y - 11}" text-anchor="middle" font-size="11" fill="#cf222e">${figure(median(row))}</text>`
    );
  });
  const [width, height] = [LABELS_WIDTH + AXIS_WIDTH + 2 * MARGIN, bottom + 30];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" fill="#24292f">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${MARGIN}" y="24" font-weight="bold">${escaped(title)}</text>`,
    `<text x="${MARGIN}" y="43" fill="#57606a">${escaped(where)}</text>`,
    ...grid,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}
