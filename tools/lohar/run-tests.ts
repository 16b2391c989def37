/** Runs the test program that tools/lohar/build.ts makes: node tools/lohar/run-tests.ts [--arch arm64] */
import { runProgram } from '../../host/src/builder/program.ts';

/** @throws ProgramFailed with the last lines when a test failed */
export async function runTestProgram(path: string, signal: AbortSignal): Promise<void> {
  await runProgram(path, [], { signal });
}
