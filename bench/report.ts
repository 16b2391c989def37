/** Where the results of a run go: raw samples as JSON, and the page that docs/ shows. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import { type Measurement, table } from './measure/measurement.ts';

export interface RunResult {
  readonly machine: Machine;
  readonly accelerator: string;
  readonly rows: readonly Measurement[];
}

/** @returns the file's path */
export function writeSamples(root: string, name: string, result: RunResult): string {
  const folder = join(root, 'build/bench');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}

export const PAGE = 'docs/bench.md';

export function page({ machine, accelerator, rows }: RunResult): string {
  return `# Benchmarks

Written by \`npm run bench -- --write\`, on ${machine.startedAt.slice(0, 10)}: accelerator ${accelerator}, ${machine.processor},
${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.system} (Linux ${machine.linux}), QEMU ${machine.qemu}, Node ${machine.node},
bhatti ${machine.bhatti} at ${machine.commit}, load ${machine.load.toFixed(1)} as it began. Percentiles are nearest-rank: each is a sample that was measured.
Ratios compare medians of this run.

${table(rows)}
`;
}
