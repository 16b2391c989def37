/** npm test: makes sure of what it needs, runs every phase, and says at the end what passed, failed and was left behind. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureSystem } from '../system/ensure.ts';
import { duration, step } from '../terminal/step.mjs';
import { describe, leftovers, MARK, namespaces, processesOf } from './leftovers.ts';
import { TestFailure } from './node-tests.ts';
import { add, blockedBy, type Counts, inLanes, NOTHING, type Phase, type Run, select, toAskAgain } from './phase.ts';
import { phases } from './phases.ts';
import { imagesFolder } from './tier-phases.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What the whole run may take: tiers that would have to be built are left out when it comes near, and more is told. */
const GOAL_MS = 25 * 60_000;
/** What is still going then hangs, or the machine does other work: it is ended and named. */
const DEADLINE_MS = 75 * 60_000;
/** Phases at once: a VM has one processor, and its test waits for it most of the time. */
const LANES = 2;
const USAGE = `usage: npm test [-- --only PHASE]... [--list]
  --only PHASE  this phase, or this group of phases ("vm", "vm:cli"), with what it needs
  --list        the phases`;

interface Ended {
  readonly counts: Counts;
  /** True: tests of it failed, and nothing else. */
  readonly unlucky: boolean;
}

/** Runs one phase and prints how it ended. */
async function runPhase(run: Run, phase: Phase): Promise<Ended> {
  try {
    const counts = await step(phase.title, (note) => phase.run(run, note), {
      result: ({ passed, skipped }) => `${passed} passed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    });
    for (const reason of counts.reasons) console.log(`- skipped: ${reason}`);
    return { counts, unlucky: false };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.log(`${message}\nTo run this phase alone: npm test -- --only ${phase.name}\n`);
    if (error instanceof TestFailure) return { counts: error.counts, unlucky: true };
    return { counts: { ...NOTHING, failed: 1 }, unlucky: false };
  }
}

async function runAll(run: Run, chosen: readonly Phase[]): Promise<{ counts: Counts; failed: Set<string> }> {
  const ended = new Map<string, Ended>();
  const failed = new Set<string>();
  await inLanes(chosen, LANES, async (phase) => {
    const need = blockedBy(phase, failed);
    if (need !== undefined || run.signal.aborted) {
      console.log(`- ${phase.title}: not run, ${need === undefined ? 'out of time' : `it needs "${need}"`}`);
      failed.add(phase.name);
      ended.set(phase.name, { counts: { ...NOTHING, failed: 1 }, unlucky: false });
      return;
    }
    const how = await runPhase(run, phase);
    if (how.counts.failed > 0) failed.add(phase.name);
    ended.set(phase.name, how);
  });
  const unlucky = new Set([...failed].filter((name) => ended.get(name)?.unlucky));
  for (const phase of unlucky.size === failed.size ? toAskAgain(chosen, unlucky) : []) {
    console.log(`Asked once more, by itself: ${phase.title}`);
    const how = await runPhase(run, phase);
    ended.set(phase.name, how);
    if (how.counts.failed > 0) continue;
    failed.delete(phase.name);
    console.log(`- unsteady: ${phase.title} failed at first, see above`);
  }
  return { counts: [...ended.values()].map(({ counts }) => counts).reduce(add, NOTHING), failed };
}

/** Names what the run left behind and ends those processes. @returns how many things there were */
function sweep(scratch: string, namespacesBefore: readonly string[]): number {
  const lines = describe(leftovers(scratch, namespacesBefore));
  for (const line of lines) console.log(`✗ left behind: ${line}`);
  for (const { pid } of processesOf(scratch)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // ended meanwhile
    }
  }
  rmSync(scratch, { recursive: true, force: true });
  return lines.length;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: 'string', multiple: true }, list: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const all = phases(ROOT);
  if (values.list) {
    for (const { name, title } of all) console.log(`${name.padEnd(24)} ${title}`);
    return 0;
  }
  const chosen = select(all, values.only ?? []);
  await ensureSystem('test');
  const from = performance.now();
  const namespacesBefore = namespaces();
  // Short, because unix sockets below it may have 107 characters at most; not $TMPDIR, which may be long.
  const scratch = mkdtempSync('/tmp/bhatti-t-');
  chmodSync(scratch, 0o711); // QEMU and builds of images run as other users
  const logs = join(ROOT, 'build/check');
  if (values.only === undefined && existsSync(logs)) rmSync(logs, { recursive: true });
  mkdirSync(logs, { recursive: true });
  // What every test inherits: nothing of it is the user's own but the cache.
  Object.assign(process.env, {
    [MARK]: scratch,
    TMPDIR: scratch,
    BHATTI_DATA_DIR: join(scratch, 'data'),
    BHATTI_IMAGES_DIR: join(ROOT, imagesFolder),
    NODE_DISABLE_COMPILE_CACHE: '1', // npm's would stay in $TMPDIR
  });
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupted.abort());
  const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(DEADLINE_MS)]);
  const endsAtMs = from + GOAL_MS;
  const { counts, failed } = await runAll({ root: ROOT, scratch, logs, signal, endsAtMs }, chosen);
  const left = sweep(scratch, namespacesBefore);
  if (failed.size > 0) console.log(`failed: ${[...failed].join(', ')}`);
  const tookMs = performance.now() - from;
  const late = tookMs > GOAL_MS ? `, longer than the ${duration(GOAL_MS)} that it may take` : '';
  console.log(`${chosen.length} phases in ${duration(tookMs)}${late}`);
  console.log(
    `${counts.passed} passed, ${counts.failed + left} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`,
  );
  return counts.failed + left === 0 ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
