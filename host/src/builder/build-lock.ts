/**
 * One build at a time in a cache folder. The lock is the kernel's (flock(1)): it goes with its holder, however that
 * dies, so there is no stale lock to clean up.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Progress } from '../ports/engine.ts';
import { missingProgram } from './program.ts';

/** How long the lock may take before the user hears that another build has it. */
const PATIENCE_MS = 500;

/**
 * Runs `work` while holding the lock of a cache folder; waits for another holder first.
 * @throws what `work` throws; the signal's reason when it aborts the wait
 */
export async function withBuildLock<T>(
  cacheDir: string,
  progress: Progress,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  // `cat` ends with our end of its pipe. A group of its own: the terminal's Ctrl+C must not open the lock before
  // the build has cleaned up.
  const holder = spawn('flock', [join(cacheDir, 'build.lock'), 'sh', '-c', 'echo locked; exec cat >/dev/null'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // Rejects when flock cannot be started; nobody may be listening when it ends.
  const ended = once(holder, 'exit');
  ended.catch(() => {});
  const release = () => {
    const alive = holder.pid !== undefined && holder.exitCode === null && holder.signalCode === null;
    if (alive) process.kill(-Number(holder.pid), 'SIGTERM');
  };
  const waiting = setTimeout(() => progress.step('waiting for another build to end'), PATIENCE_MS);
  signal.addEventListener('abort', release, { once: true });
  try {
    const first = await Promise.race([once(holder.stdout, 'data').then(() => 'locked'), ended]);
    signal.throwIfAborted();
    if (first !== 'locked') throw new Error(`flock ended with ${String(first)}`);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? missingProgram('flock') : error;
  } finally {
    signal.removeEventListener('abort', release);
    clearTimeout(waiting);
  }
  try {
    return await work();
  } finally {
    release();
    await ended;
  }
}
