/** The phases of npm test, in their order. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { projectFiles } from '../tidy/files.ts';
import { nodeTests } from './node-tests.ts';
import { type Counts, NOTHING, PASSED, type Phase, type Run } from './phase.ts';
import { program } from './program.ts';
import { largeTierPhases, minimalPhase } from './tier-phases.ts';

const UNIT_TEST_MS = 60_000;
const FUZZ_TEST_MS = 120_000;
/** No test phase may take longer as a whole, whatever its tests do. */
const PHASE_MS = 20 * 60_000;

const bin = (name: string): string => join('node_modules/.bin', name);
const isUnitTest = (path: string): boolean => /\.test\.ts$/.test(path) && !path.startsWith('tests/');

/** A phase that is one program: it passed when that exits with 0. */
function programPhase(name: string, title: string, words: readonly string[], needs: readonly string[] = []): Phase {
  return {
    name,
    title,
    needs,
    shares: true,
    run: async (run, note) => {
      await program(run, name, words, { note });
      return PASSED;
    },
  };
}

/** 'path:line what' for each line that Biome writes for a forge: ::error title=...,file=...,line=...::what */
function problemsOf(output: string): string {
  const found = output.matchAll(/^::(?:error|warning) title=([^,]+),file=([^,]+),line=(\d+),.*?::(.*)$/gm);
  return [...found].map(([, rule, file, line, what]) => `${file}:${line} ${rule}: ${what}`).join('\n') || output;
}

function lintPhase(): Phase {
  return {
    name: 'lint',
    title: 'format and lint',
    needs: [],
    shares: true,
    run: async (run) => {
      const biome = program(run, 'lint', [bin('biome'), 'check', '--colors=off', '--reporter=github', '.']);
      await biome.catch((error: Error) => {
        throw new Error(
          `${problemsOf(error.message).replaceAll(`${run.root}/`, '')}\nnpx biome check --write mends what it can`,
        );
      });
      return PASSED;
    },
  };
}

function typePhase(root: string): Phase {
  const projects = projectFiles(root).filter((path) => /(^|\/)tsconfig\.json$/.test(path));
  return {
    name: 'types',
    title: `types of ${projects.length} projects`,
    needs: [],
    shares: true,
    run: async (run) => {
      const checks = projects.map((path) => program(run, 'types', [bin('tsc'), '-p', path]));
      const failed = (await Promise.allSettled(checks)).filter((check) => check.status === 'rejected');
      if (failed.length > 0) throw new Error(failed.map((check) => check.reason.message).join('\n'));
      return PASSED;
    },
  };
}

function testPhase(
  name: string,
  title: string,
  files: readonly string[],
  also: Partial<Pick<Phase, 'needs' | 'shares'>> & { concurrency?: number; timeoutMs: number },
): Phase {
  return {
    name,
    title,
    needs: also.needs ?? [],
    shares: also.shares ?? false,
    run: (run: Run, note) =>
      files.length === 0
        ? Promise.resolve(NOTHING)
        : nodeTests(
            run,
            files.map((path) => join(run.root, path)),
            { concurrency: also.concurrency ?? 1, timeoutMs: also.timeoutMs, deadlineMs: PHASE_MS },
            note,
          ),
  };
}

/** Boots every tier: what it needs takes longest, so it comes last. */
const ALL_TIERS = 'tests/tiers/templates.test.ts';

/** They compare times, or fill the machine by themselves: they come when the others are done. */
const ALONE = [
  'tests/agent/flow.test.ts',
  'tests/services/cases.test.ts',
  'tests/states/thermal.test.ts',
  'tests/states/warm.test.ts',
  ALL_TIERS,
];
/** Takes longest of those that share the machine: begun first, nothing waits for its end. */
const LONGEST = 'tests/field/short-list.test.ts';

/** What boots VMs: a phase a file. */
function vmPhases(files: readonly string[]): Phase[] {
  const phase = (path: string, ...needs: string[]): Phase => {
    const name = `vm:${path.slice('tests/'.length, -'.test.ts'.length)}`;
    const also = { needs: ['lohar', 'template', ...needs], timeoutMs: PHASE_MS, shares: !ALONE.includes(path) };
    return testPhase(name, name, [path], also);
  };
  const large = largeTierPhases(files);
  const tests = files.filter((path) => /^tests\/.*\.test\.ts$/.test(path) && path !== ALL_TIERS);
  const rank = (path: string): number => (path === LONGEST ? 0 : ALONE.includes(path) ? 2 : 1);
  return [
    ...tests.toSorted((a, b) => rank(a) - rank(b)).map((path) => phase(path)),
    ...large,
    phase(ALL_TIERS, ...large.map(({ name }) => name)),
  ];
}

export function phases(root: string): Phase[] {
  const files = projectFiles(root);
  const fuzzers = files.filter((path) => path.endsWith('.fuzz.ts'));
  return [
    lintPhase(),
    typePhase(root),
    programPhase('tidy', 'tidy', [process.execPath, 'tools/tidy/main.ts']),
    testPhase('unit', 'unit tests', files.filter(isUnitTest), {
      concurrency: availableParallelism(),
      timeoutMs: UNIT_TEST_MS,
    }),
    testPhase('fuzz', 'fuzzers, a bounded number of rounds', fuzzers, { timeoutMs: FUZZ_TEST_MS, shares: true }),
    ...(existsSync(join(root, 'tools/lohar/build.ts')) ? guestPhases() : []),
    ...vmPhases(files),
  ];
}

/** What the VM tests stand on; each keeps its result on disk and is quick when nothing changed. */
function guestPhases(): Phase[] {
  const node = process.execPath;
  const programs = ['lohar', 'keeper', 'bhatti', 'tests', 'agent-server'].flatMap((name) => ['--program', name]);
  return [
    programPhase('lohar', 'lohar, keeper and bhatti for amd64 and arm64', [node, 'tools/lohar/build.ts', ...programs]),
    binaryPhase('amd64', ['build/amd64/tests']),
    binaryPhase('arm64', ['qemu-aarch64-static', 'build/arm64/tests']),
    minimalPhase(),
    programPhase('template', 'a template for the tests', [node, 'tests/cli/make-template.ts'], ['tier']),
  ];
}

/** The unit tests of what is compiled, and tests that ask the real kernel, inside the real program. */
function binaryPhase(arch: string, words: readonly string[]): Phase {
  return {
    name: `binary:${arch}`,
    title: `tests inside the ${arch} program`,
    needs: ['lohar'],
    shares: true,
    run: async (run, note) => countsOf(await program(run, `binary:${arch}`, words, { note })),
  };
}

/** Counts of a program that ends with "N passed, N failed". @throws Error when it says nothing of the kind */
export function countsOf(output: string): Counts {
  const last = /(\d+) passed, (\d+) failed(?:, (\d+) skipped(?: \(([^)]*)\))?)?\s*$/.exec(output);
  if (last === null) throw new Error(`cannot count tests: the output does not end with "N passed, N failed"`);
  const [passed = 0, failed = 0, skipped = 0] = last.slice(1, 4).map((digits) => Number(digits ?? 0));
  return { passed, failed, skipped, reasons: skipped > 0 ? [`${skipped} tests: ${last[4] ?? 'no reason given'}`] : [] };
}
