/** One row of the table: raw samples in one unit, and what they are to reach. */
import { figure, percentile, summarize } from '../../host/src/cli/bench/statistics.ts';

export type Unit = 'ms' | 'MiB' | 'MB' | 'MB/s' | '%' | 'x' | 'count';

export interface Goal {
  /** Which of the summary's figures is compared. */
  readonly of: 'p50' | 'max';
  /** At most, or with `least` at least, this. */
  readonly limit: number;
  readonly least?: true;
  /** How the limit came about when it was computed from the same run. */
  readonly because?: string;
}

export interface Measurement {
  /** 'create from template, until lohar answers' */
  readonly name: string;
  readonly unit: Unit;
  readonly samples: readonly number[];
  readonly goal?: Goal;
  /** What a reader must know to trust the row. */
  readonly note?: string;
}

/** Whether the goal is reached; undefined when there is none. */
export function reached({ goal, samples }: Measurement): boolean | undefined {
  if (goal === undefined) return undefined;
  const value = percentile(samples, goal.of === 'p50' ? 0.5 : 1);
  return goal.least ? value >= goal.limit : value <= goal.limit;
}

const factor = (name: string, samples: readonly number[], goal?: Omit<Goal, 'of'>): Measurement => ({
  ...{ name, unit: 'x', samples },
  ...(goal && { goal: { of: 'p50', ...goal } }),
});

/** A row that compares two others of the same run: p50 of `a` divided by p50 of `b`. */
export const ratio = (name: string, a: Measurement, b: Measurement, goal?: Omit<Goal, 'of'>): Measurement =>
  factor(name, [percentile(a.samples, 0.5) / percentile(b.samples, 0.5)], goal);

/** Two rows whose samples were taken in turns: each of `a` divided by that of `b` of the same moment. */
export function inTurns(name: string, a: Measurement, b: Measurement, goal?: Omit<Goal, 'of'>): Measurement {
  const samples = a.samples.map((sample, turn) => sample / (b.samples[turn] ?? Number.NaN));
  return factor(name, samples, goal);
}

const sentence = ({ goal, unit }: Measurement): string =>
  goal
    ? `${goal.least ? '≥' : '≤'} ${figure(goal.limit)} ${unit} ${goal.of}${goal.because ? ` (${goal.because})` : ''}`
    : '';

const VERDICT = { true: 'reached', false: 'MISSED', undefined: '' } as const;
const HEAD = ['row', 'unit', 'n', 'min', 'p50', 'p90', 'max', 'goal', ''];

function cells(row: Measurement): string[] {
  const { count, min, p50, p90, max } = summarize(row.samples);
  return [
    row.name,
    row.unit,
    String(count),
    ...[min, p50, p90, max].map(figure),
    sentence(row),
    VERDICT[`${reached(row)}`],
  ];
}

/** A Markdown table whose columns also line up on a terminal. */
export function table(rows: readonly Measurement[]): string {
  const grid = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(3, ...grid.map((line) => line[column]?.length ?? 0)));
  const numeric = (column: number): boolean => column >= 2 && column <= 6;
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, i) => (numeric(i) ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (numeric(i) ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
  const [head = [], ...body] = grid;
  return [line(head), rule, ...body.map(line)].join('\n');
}
