/**
 * npm run test:survival: daemon and QEMU are killed at random instants, faults are made, streams go through all of it. What
 * came of each test is written to docs/survival.md. Ends with 1 when one failed. BHATTI_POINTS=n makes it shorter.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { run } from 'node:test';
import { type SurvivalRow, survivalPage } from './survival-page.ts';

const FILES = ['dying-daemon.long.ts', 'dying-branches.long.ts', 'faults.long.ts', 'streams.test.ts'];
const PAGE = join(import.meta.dirname, '../../docs/survival.md');

const rows: SurvivalRow[] = [];
const seeds = new Map<string, string>();
const events = run({
  files: FILES.map((name) => join(import.meta.dirname, name)),
  concurrency: 1,
  isolation: 'process',
});

const keep = (passed: boolean, name: string, file: string | undefined, durationMs: number): void => {
  if (file === undefined || name === file) return;
  rows.push({ file: basename(file), name, passed, seconds: Math.round(durationMs / 1000) });
  console.log(`${passed ? 'passed' : 'FAILED'} (${Math.round(durationMs / 1000)} s): ${name}`);
};
events.on('test:pass', ({ name, file, details }) => keep(true, name, file, details.duration_ms));
events.on('test:fail', ({ name, file, details }) => {
  keep(false, name, file, details.duration_ms);
  console.log(details.error.cause ?? details.error);
});
events.on('test:stdout', ({ file = '', message }) => {
  process.stdout.write(message);
  const seed = /^FUZZ_SEED=(\d+)$/m.exec(message)?.[1];
  if (seed !== undefined) seeds.set(basename(file), seed);
});
for await (const _ of events);

const [processor] = cpus();
const machine = `${cpus().length} processors (${processor?.model ?? 'unknown'})`;
writeFileSync(PAGE, survivalPage(rows, { seeds, machine, date: new Date().toISOString().slice(0, 10) }));
if (rows.length === 0 || rows.some(({ passed }) => !passed)) process.exitCode = 1;
