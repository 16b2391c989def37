/** npm run bench: measures on this machine, prints a table, keeps raw samples in build/bench/. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { ensureSystem } from '../tools/system/ensure.ts';
import { step } from '../tools/terminal/step.mjs';
import { type Daemon, startDaemon } from './daemon/own-daemon.ts';
import type { Bench, Group } from './group.ts';
import { machine } from './machine.ts';
import { type Measurement, reached, table } from './measure/measurement.ts';
import { type GroupResult, PAGE, SAMPLES, writePage, writeSamples } from './report.ts';
import { branch } from './rows/branch.ts';
import { cold } from './rows/cold.ts';
import { create } from './rows/create.ts';
import { daemonStart } from './rows/daemon-start.ts';
import { exec } from './rows/exec.ts';
import { files } from './rows/files.ts';
import { growth } from './rows/growth.ts';
import { image } from './rows/image.ts';
import { journal } from './rows/journal.ts';
import { leak } from './rows/leak.ts';
import { memory } from './rows/memory.ts';
import { packageBoots } from './rows/package-boots.ts';
import { services } from './rows/services.ts';
import { tiers } from './rows/tiers.ts';
import { warm } from './rows/warm.ts';

const ROOT = join(import.meta.dirname, '..');
const GROUPS: readonly Group[] = [
  image,
  daemonStart,
  create,
  warm,
  cold,
  branch,
  exec,
  files,
  memory,
  growth,
  leak,
  services,
  journal,
  packageBoots,
  ...tiers,
];
const NAMES = GROUPS.map(({ name }) => name);
/** --quick divides rounds by this: to see that a row works, not to judge it. */
const QUICK = 10;
const USAGE = `usage: npm run bench [-- --only GROUP]... [--quick] [--write]
  --only GROUP  ${GROUPS.map((group) => group.name).join(', ')}; "tiers" is all whose name begins so
  --quick       a tenth of the rounds: shows that it works, proves nothing
  --write       also writes the groups' sections of ${PAGE}, and their samples beside it`;

function choose(only: readonly string[]): readonly Group[] {
  const named = ({ name }: Group, wanted: string): boolean => name === wanted || name.startsWith(`${wanted}:`);
  const unknown = only.find((wanted) => !GROUPS.some((group) => named(group, wanted)));
  if (unknown !== undefined) throw new Error(`cannot measure "${unknown}"\n${USAGE}`);
  return GROUPS.filter((group) =>
    only.length === 0 ? group.long !== true : only.some((wanted) => named(group, wanted)),
  );
}

/** What is measured is what this checkout says. */
async function buildPrograms(): Promise<void> {
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  await promisify(execFile)(process.execPath, [join(ROOT, 'tools/lohar/build.ts'), '--arch', arch]);
}

/** The image is built and the template made before anything is timed. @returns the accelerator that runs */
async function prepare(daemon: Daemon): Promise<string> {
  await step('tier minimal', () => daemon.api.call('POST', '/v1/tiers/minimal/build', {}));
  const first = await step('template', () => daemon.api.create({ name: 'first' }));
  await daemon.api.destroy('first');
  return first.report?.accelerator ?? 'unknown';
}

async function measure(groups: readonly Group[], quick: boolean, write: boolean): Promise<Measurement[]> {
  const daemon = await startDaemon();
  try {
    const accelerator = await prepare(daemon);
    const all: Measurement[] = [];
    for (const group of groups) {
      const about = machine(ROOT);
      const rows = await step(group.title, (note) => {
        const bench: Bench = { daemon, note, rounds: (full) => (quick ? Math.ceil(full / QUICK) : full) };
        return group.measure(bench);
      });
      const result: GroupResult = { group: group.name, machine: about, accelerator, rows };
      writeSamples(ROOT, result);
      if (write) writePage(ROOT, result, NAMES);
      all.push(...rows);
    }
    return all;
  } finally {
    await daemon.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const groups = choose(values.only);
  await ensureSystem('run');
  await step('lohar, keeper and bhatti', buildPrograms);
  const rows = await measure(groups, values.quick, values.write);
  console.log(`\n${table(rows)}\n`);
  const missed = rows.filter((row) => reached(row) === false).length;
  console.log(`samples: ${SAMPLES}/*.json${missed > 0 ? `; ${missed} goals missed` : ''}`);
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
