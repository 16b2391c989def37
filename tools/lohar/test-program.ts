/** How the test program is run: by the machine itself, or by qemu-user for another architecture. */
import { runProgram } from '../../host/src/builder/program.ts';
import { type Arch, hostArch } from './toolchain.ts';

const EMULATORS: Readonly<Record<Arch, string>> = { amd64: 'qemu-x86_64-static', arm64: 'qemu-aarch64-static' };

/**
 * @returns the last line: "N passed, N failed"
 * @throws ProgramFailed with what failed
 */
export async function runTestProgram(path: string, arch: Arch, name: string, signal: AbortSignal): Promise<string> {
  let last = '';
  const onLine = (line: string) => {
    last = line;
  };
  const words = [...(arch === hostArch ? [] : [EMULATORS[arch]]), path, name];
  await runProgram(words[0] ?? path, words.slice(1), { signal, onLine });
  return last;
}
