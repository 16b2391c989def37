/** What is said about raw samples. */

export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * The value that `fraction` of the samples do not exceed, by the nearest-rank method: always a value that was measured.
 * @throws RangeError for no samples or a fraction outside 0..1
 */
export function percentile(samples: readonly number[], fraction: number): number {
  if (samples.length === 0) throw new RangeError('no percentile of no samples');
  if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`not a fraction: ${fraction}`);
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(fraction * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** @throws RangeError for no samples */
export function summarize(samples: readonly number[]): Summary {
  return {
    count: samples.length,
    min: percentile(samples, 0),
    p50: percentile(samples, 0.5),
    p90: percentile(samples, 0.9),
    p99: percentile(samples, 0.99),
    max: percentile(samples, 1),
  };
}

/** Three significant figures at most, no exponent: '0.35', '12.4', '1840'. */
export function figure(value: number): string {
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(3, digits));
}
