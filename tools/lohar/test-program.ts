/** How the test program is run: by the machine itself, or by qemu-user for another architecture. */
import { runProgram } from '../../host/src/builder/program.ts';
import { type Arch, hostArch } from './toolchain.ts';

const EMULATORS: Readonly<Record<Arch, string>> = { amd64: 'qemu-x86_64-static', arm64: 'qemu-aarch64-static' };

/** The words that run a program of ours on this machine. */
export const emulated = (arch: Arch, words: readonly string[]): readonly string[] =>
  arch === hostArch ? words : [EMULATORS[arch], ...words];

/**
 * @returns the last line: "N passed, N failed"
 * @throws ProgramFailed with what failed
 */
export async function runTestProgram(path: string, arch: Arch, name: string, signal: AbortSignal): Promise<string> {
  let last = '';
  const onLine = (line: string) => {
    last = line;
  };
  const [first = path, ...others] = emulated(arch, [path, name]);
  await runProgram(first, others, { signal, onLine });
  return last;
}
