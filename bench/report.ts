/** Where results go: raw samples as JSON, one file a group, and the page that docs/ shows, made of those files. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import { type Measurement, table } from './measure/measurement.ts';

export interface GroupResult {
  readonly group: string;
  readonly machine: Machine;
  readonly accelerator: string;
  readonly rows: readonly Measurement[];
}

export const PAGE = 'docs/bench.md';
export const SAMPLES = 'build/bench';

const pathOf = (root: string, group: string): string => join(root, SAMPLES, `${group.replace(':', '-')}.json`);

export function writeSamples(root: string, result: GroupResult): void {
  mkdirSync(join(root, SAMPLES), { recursive: true });
  writeFileSync(pathOf(root, result.group), `${JSON.stringify(result, null, 2)}\n`);
}

/** The last result of each group that was ever measured in this checkout. */
function lastResults(root: string, groups: readonly string[]): GroupResult[] {
  return groups
    .map((group) => pathOf(root, group))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')));
}

function about({ machine, accelerator }: GroupResult): string {
  return [
    `accelerator ${accelerator}, ${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB,`,
    `${machine.system} (Linux ${machine.linux}), QEMU ${machine.qemu}, Node ${machine.node}, bhatti ${machine.bhatti}`,
  ].join('\n');
}

const origin = ({ group, machine }: GroupResult): string =>
  `| ${group} | ${machine.startedAt.slice(0, 16).replace('T', ' ')} | ${machine.commit} | ${machine.load.toFixed(1)} |`;

/** @returns the page's text, or undefined when nothing was measured */
export function page(root: string, groups: readonly string[]): string | undefined {
  const results = lastResults(root, groups);
  const [first] = results;
  if (first === undefined) return undefined;
  return `# Benchmarks

Written by \`npm run bench -- --write\`: ${about(first)}.
Percentiles are nearest-rank: each is a sample that was measured. Ratios compare medians of one run. A load well above 0
means that the machine did other work too, which makes everything slower.

${table(results.flatMap(({ rows }) => rows))}

| group | measured (UTC) | commit | load at its start |
|---|---|---|---|
${results.map(origin).join('\n')}
`;
}
