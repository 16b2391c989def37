/** Runs another program to its end, with our own stdin, stdout and stderr. */
import { SysError } from '@bhatti/runtime/sys.ts';
import type { Program } from './program.ts';

/** Names that are tried when a program is given without a path. */
const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const EXIT_NOT_STARTED = 127;
const EXIT_SIGNAL = 128;

export function findProgram(program: Program, name: string): string | null {
  if (name.includes('/')) return exists(program, name) ? name : null;
  const folders = program.env.get('PATH')?.split(':') ?? FOLDERS;
  for (const folder of folders) if (exists(program, `${folder}/${name}`)) return `${folder}/${name}`;
  return null;
}

export function exists({ sys }: Program, path: string): boolean {
  try {
    sys.stat(path);
    return true;
  } catch {
    return false;
  }
}

/** Becomes another program. @returns 127 when it cannot */
export function execute(program: Program, argv: readonly string[], environment: readonly string[]): number {
  const { sys } = program;
  const path = findProgram(program, argv[0] ?? '');
  if (path === null) return EXIT_NOT_STARTED;
  program.flush();
  const texts: Uint8Array[] = [];
  /** NULL ends it; the texts must live until the call. */
  const pointers = (words: readonly string[]): Uint8Array => {
    const addresses = words.map((text) => {
      const bytes = sys.encode(`${text}\0`);
      texts.push(bytes);
      return BigInt(sys.addressOf(bytes));
    });
    return new Uint8Array(BigUint64Array.from([...addresses, 0n]).buffer);
  };
  sys.attempt('execve', path, pointers(argv), pointers(environment));
  return EXIT_NOT_STARTED;
}

/**
 * Waits by reading from a pipe whose other end only the child has: it ends with the child. @returns its exit code, 128
 * and its signal when it was killed, 127 when it could not be started
 */
export function runChild(program: Program, argv: readonly string[], fds: readonly number[] = [0, 1, 2]): number {
  const { sys } = program;
  const path = findProgram(program, argv[0] ?? '');
  if (path === null) return EXIT_NOT_STARTED;
  program.flush();
  const pipe = sys.pipe();
  sys.setNonBlocking(pipe.read, false);
  const env = [...program.env].map(([name, value]) => `${name}=${value}`);
  let pid: number;
  try {
    pid = sys.spawn({ path, argv, env, fds: [...fds, pipe.write], calls: [] });
  } catch (error) {
    sys.close(pipe.read);
    sys.close(pipe.write);
    if (error instanceof SysError) return EXIT_NOT_STARTED;
    throw error;
  }
  sys.close(pipe.write);
  const byte = new Uint8Array(1);
  while (sys.read(pipe.read, byte) > 0);
  sys.close(pipe.read);
  return exitCode(program, pid);
}

function exitCode({ sys }: Program, pid: number): number {
  for (;;) {
    const status = sys.reap();
    // The child closed its descriptors a moment before it ended.
    if (status === null || status.pid !== pid) continue;
    return 'code' in status ? status.code : EXIT_SIGNAL + status.signal;
  }
}
