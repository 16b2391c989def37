/** Runs a host program in its own process group, so that Ctrl+C takes all of it down. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { BhattiError } from '@bhatti/wire/errors.ts';

/** Lines of output kept for the error message. */
const TAIL_LINES = 40;
/** A full disk is told once, by whoever writes first; dpkg then goes on with hundreds of lines of what failed after it. */
export const FULL: RegExp = /No space left on device|not have enough free space|ENOSPC|Disk quota exceeded/;
/** The same where no apt-get speaks. */
export const NO_SPACE: RegExp = /No space left on device|ENOSPC|Disk quota exceeded/;
/** How long a program may clean up after SIGTERM before it is killed; what it leaves the builder removes. */
const GRACE_MS = 2000;
/** Silence that means it hangs: apt-get update does, for ever, when the disk fills up under it. */
const SILENCE_MS = 10 * 60_000;

/** Debian and Ubuntu package of each program the builder calls. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  'apt-get': 'apt',
  tar: 'tar',
  bash: 'bash',
  flock: 'util-linux',
};

export interface ProgramOptions {
  readonly signal: AbortSignal;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Each line of stdout and stderr. */
  readonly onLine?: (line: string) => void;
}

/** A program ended with something else than 0. */
export class ProgramFailed extends Error {
  /** Its last lines, oldest first, and before them the one that told of a full disk. */
  readonly tail: readonly string[];
  constructor(program: string, how: string, tail: readonly string[]) {
    super(`${program} ended with ${how}${tail.length > 0 ? `: ${tail.join('\n')}` : ''}`);
    this.tail = tail;
  }
}

/**
 * @throws ProgramFailed, also when it says nothing for ten minutes; BhattiError host.missing-program; the signal's
 *   reason when it aborts
 */
export async function runProgram(program: string, args: readonly string[], also: ProgramOptions): Promise<void> {
  also.signal.throwIfAborted();
  const silence = new AbortController();
  const silent = setTimeout(() => silence.abort(), SILENCE_MS);
  const child = spawn(program, [...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...also.env },
    ...(also.cwd === undefined ? {} : { cwd: also.cwd }),
  });
  const tail: string[] = [];
  const onLine = (line: string) => {
    silent.refresh();
    tail.push(line);
    const kept = tail[0] !== undefined && FULL.test(tail[0]) ? 1 : 0;
    if (tail.length > TAIL_LINES) tail.splice(kept, 1);
    also.onLine?.(line);
  };
  const stopKilling = killOnAbort(child, AbortSignal.any([also.signal, silence.signal]));
  try {
    const [how] = await Promise.all([
      endOf(child, program),
      eachLine(child.stdout, onLine),
      eachLine(child.stderr, onLine),
    ]);
    also.signal.throwIfAborted();
    if (silence.signal.aborted) tail.push(`E: ${program} said nothing for ${SILENCE_MS / 60_000} minutes`);
    if (how !== 'exit 0') throw new ProgramFailed(program, how, tail);
  } finally {
    clearTimeout(silent);
    stopKilling();
  }
}

async function eachLine(from: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: from, crlfDelay: Number.POSITIVE_INFINITY })) onLine(line);
}

function endOf(child: ChildProcess, program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? missingProgram(program) : error);
    });
    child.once('close', (code, signal) => resolve(signal ? `signal ${signal}` : `exit ${code}`));
  });
}

function killOnAbort(child: ChildProcess, signal: AbortSignal): () => void {
  let hard: NodeJS.Timeout | undefined;
  const kill = (name: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const onAbort = () => {
    kill('SIGTERM');
    hard = setTimeout(() => kill('SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(hard);
  };
}

/** @returns the error that names the package to install */
export function missingProgram(program: string): BhattiError {
  const name = PACKAGE_OF[program] ?? program;
  return new BhattiError('host.missing-program', `cannot build a tier: ${program} is not installed`, {
    remedy: `sudo apt-get install -y ${name}`,
  });
}
