/** Runs a thing again and again and keeps how long each time took. */

export async function time(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** @param work is given the number of the round, from 0 */
export async function times(rounds: number, work: (round: number) => Promise<unknown>): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round++) all.push(await time(() => work(round)));
  return all;
}
