/** The modules of a tier's kernel as a tar, for roots that come without: taken out of the tier's image. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './program.ts';

/** Debian keeps it where users do not look for programs. */
const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;

/**
 * Leaves `to`, with lib/modules/... in it.
 * @param image a tier that was built or fetched here: debugfs parses its file system
 * @param scratch an empty folder
 * @throws ProgramFailed; BhattiError host.missing-program
 */
export async function packKernelModules(
  image: string,
  scratch: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const lib = join(scratch, 'lib');
  await mkdir(lib);
  await runProgram('debugfs', ['-R', `rdump /usr/lib/modules "${lib}"`, image], { signal, env: { PATH } });
  if ((await readdir(lib)).length === 0) throw new Error(`there are no kernel modules in ${image}`);
  const plain = ['--owner=0', '--group=0', '--numeric-owner', '--format=pax'];
  await runProgram('tar', ['-c', ...plain, '-f', to, '-C', scratch, 'lib/modules'], { signal });
}
