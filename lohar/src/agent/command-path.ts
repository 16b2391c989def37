/** Which file a command is: execvp(3), with the reason when there is none. */
import { F_OK, X_OK } from '@bhatti/runtime/linux/constants.ts';
import type { Sys } from '@bhatti/runtime/sys.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';

/**
 * @param path the PATH of the environment that the command will have
 * @returns a path for execve; relative ones count from `cwd`, where the child will be
 * @throws BhattiError exec.not-found | exec.not-executable
 */
export function findCommand(sys: Sys, command: string, path: string, cwd: string): string {
  if (command === '') throw notFound(command, 'an empty word is no command');
  const isPath = command.includes('/');
  let refused: string | null = null;
  for (const folder of isPath ? [''] : path.split(':')) {
    const candidate = isPath ? command : `${folder || '.'}/${command}`;
    const verdict = look(sys, candidate.startsWith('/') ? candidate : `${cwd}/${candidate}`);
    if (verdict === 'good') return candidate;
    if (verdict !== 'absent') refused ??= `${candidate} ${verdict}`;
  }
  if (refused !== null) throw notExecutable(command, refused);
  throw notFound(command, isPath ? 'there is no such file' : `it is in no folder of PATH (${path})`);
}

function look(sys: Sys, path: string): 'good' | 'absent' | 'is a directory' | 'has no execute permission' {
  if (!sys.access(path, F_OK)) return 'absent'; // stat() would make an error for each folder of PATH
  if (sys.stat(path).type === 'directory') return 'is a directory';
  // As root, whom the kernel lets execute what anybody may.
  return sys.access(path, X_OK) ? 'good' : 'has no execute permission';
}

export function notFound(command: string, why: string): BhattiError {
  return new BhattiError('exec.not-found', `cannot run ${command}: ${why}`, {
    remedy: 'check the name, or install it: bhatti exec SANDBOX -- sudo apt-get install PACKAGE',
  });
}

export function notExecutable(command: string, why: string): BhattiError {
  return new BhattiError('exec.not-executable', `cannot run ${command}: ${why}`, {
    remedy: 'make it executable (chmod +x), and give a script its #! line',
  });
}
