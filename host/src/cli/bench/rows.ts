/** What was measured, in the words of a person: one row an operation. */
import { figure, percentile, summarize } from './statistics.ts';

export const OPERATIONS = {
  cold: 'create, booted from power-on',
  template: 'create, forked from the template',
  pool: 'create, taken from the pool',
  fork: 'fork of a running sandbox',
  exec: 'exec true',
  parallel: '20 execs at once',
  wake: 'exec true in a paused sandbox',
  stop: 'stop, memory to disk',
  coldWake: 'exec true in a stopped sandbox',
  snapshot: 'snapshot of a running sandbox',
  destroy: 'destroy',
} as const;
export type Operation = keyof typeof OPERATIONS;

export interface Row {
  readonly operation: Operation;
  /** Milliseconds from the request to the answer, in the order they were taken; never empty. */
  readonly samples: readonly number[];
}

/** Rows of what has samples, in the order of OPERATIONS. */
export function rowsOf(samples: Readonly<Record<Operation, readonly number[]>>): Row[] {
  return (Object.keys(OPERATIONS) as Operation[])
    .filter((operation) => samples[operation].length > 0)
    .map((operation) => ({ operation, samples: samples[operation] }));
}

export const median = ({ samples }: Row): number => percentile(samples, 0.5);

/** '1/88' of a cold boot; empty for the boot itself, for what is slower, and where none was measured. */
export function besideCold(row: Row, rows: readonly Row[]): string {
  const cold = rows.find(({ operation }) => operation === 'cold');
  const times = cold === undefined || row === cold ? 0 : median(cold) / median(row);
  return times < 1 ? '' : `1/${times < 10 ? Number(times.toFixed(1)) : Math.round(times)}`;
}

export const HEAD = ['MS', 'N', 'MIN', 'P50', 'P90', 'MAX', 'OF A COLD BOOT'] as const;

export function cells(row: Row, rows: readonly Row[]): string[] {
  const { count, min, p50, p90, max } = summarize(row.samples);
  return [OPERATIONS[row.operation], String(count), ...[min, p50, p90, max].map(figure), besideCold(row, rows)];
}
