/**
 * Where results go: raw samples as JSON, one file a group, and the page that docs/ shows, a section a group. A run writes
 * the sections of what it measured; the others stay as the machine, commit and hour that they name left them.
 */
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
/** Of every run. */
export const SAMPLES = 'build/bench';
/** Of what the page shows. */
const KEPT_SAMPLES = 'docs/bench';

const HEAD = `# Benchmarks

Written by \`npm run bench -- --write\`, which replaces the sections of the groups that it measures: each says when, of which
commit and on what. Percentiles are nearest-rank: each is a sample that was measured. Ratios compare medians of one run,
or, with more than one sample, each round with that of the same moment.
A load well above 0 means that the machine did other work too, which makes everything slower; the yardstick is what a
fixed loop took as the group began: virtual machines of one name differ by a factor of three.`;

const fileOf = ({ group }: GroupResult): string => `${group.replace(':', '-')}.json`;

/** Digits of a sample: beyond those a clock says nothing. */
const DIGITS = 6;
const shortened = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value;

export function writeSamples(root: string, result: GroupResult, folder = SAMPLES): void {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, folder, fileOf(result)), `${JSON.stringify(result, shortened)}\n`);
}

function section(result: GroupResult): string {
  const { group, machine, accelerator, rows } = result;
  return `## ${group}

${machine.startedAt.slice(0, 16).replace('T', ' ')} UTC, commit ${machine.commit}, load ${machine.load.toFixed(1)}, \
yardstick ${Math.round(machine.yardstickMs)} ms ([samples](bench/${fileOf(result)})).
Accelerator ${accelerator}, ${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.system}, \
Linux ${machine.linux}, QEMU ${machine.qemu}, Node ${machine.node}, bhatti ${machine.bhatti}.

${table(rows)}`;
}

/** The page's sections by their groups' names. */
function sectionsOf(page: string): Map<string, string> {
  const texts = page.split(/^(?=## )/m).slice(1);
  return new Map(texts.map((text) => [/^## (\S+)/.exec(text)?.[1] ?? '', text.trimEnd()]));
}

/** Puts a result into the page and its samples beside it. `groups` say in which order sections stand. */
export function writePage(root: string, result: GroupResult, groups: readonly string[]): void {
  const path = join(root, PAGE);
  const sections = sectionsOf(existsSync(path) ? readFileSync(path, 'utf8') : '');
  writeSamples(root, result, KEPT_SAMPLES);
  sections.set(result.group, section(result));
  const known = groups.map((group) => sections.get(group)).filter((text) => text !== undefined);
  writeFileSync(path, `${[HEAD, ...known].join('\n\n')}\n`);
}
