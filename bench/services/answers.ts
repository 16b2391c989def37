/** What measure.py says: rows of whole numbers, the samples of each row in one line. */

/** Samples of each row, in the unit that measure.py gives them in. */
export type Answers = ReadonlyMap<string, readonly number[]>;

/** @throws Error for a line that is no row: it is what went wrong */
export function parseAnswers(output: string): Answers {
  const rows = new Map<string, number[]>();
  for (const line of output.split('\n').filter((text) => text.trim() !== '')) {
    const match = /^(\D.*?)((?: \d+)+)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) throw new Error(`cannot read a measured row: ${line}`);
    rows.set(match[1], match[2].trim().split(' ').map(Number));
  }
  return rows;
}

/** Rows of several runs, each row's samples behind those of the run before. */
export function joinAnswers(runs: readonly Answers[]): Answers {
  const rows = new Map<string, number[]>();
  for (const run of runs) for (const [row, samples] of run) rows.set(row, [...(rows.get(row) ?? []), ...samples]);
  return rows;
}
