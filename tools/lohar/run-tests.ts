/**
 * Runs the tests that need the real binary, those of the kernel's adapter among them:
 * node tools/lohar/run-tests.ts [--arch arm64] [part of a test's name]. On another architecture than the machine's they
 * run under qemu-user, which lacks clone3: what spawns is skipped there.
 */
import { parseArgs } from 'node:util';
import { step } from '../terminal/step.mjs';
import { buildPrograms } from './build.ts';
import { runTestProgram } from './test-program.ts';
import { ARCHS, hostArch } from './toolchain.ts';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { arch: { type: 'string', default: hostArch } },
    allowPositionals: true,
  });
  const arch = ARCHS.find((known) => known === values.arch);
  if (arch === undefined) throw new Error(`usage: run-tests.ts [--arch ${ARCHS.join('|')}] [part of a name]`);
  const signal = new AbortController().signal;
  await step(
    `tests inside the ${arch} binary`,
    async (note) => {
      const progress = { step: note };
      const [tests] = await buildPrograms({ archs: [arch], programs: ['tests'], progress, signal });
      if (tests === undefined) throw new Error('the test program was not built');
      return runTestProgram(tests.path, arch, positionals[0] ?? '', signal);
    },
    { result: (line) => line },
  );
}

if (import.meta.main)
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
