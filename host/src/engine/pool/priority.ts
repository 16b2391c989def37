/** How eagerly a host gives a QEMU its processors: one that is prepared ahead takes only what nobody else wants. */
import { readdir, writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';

export const BACKGROUND = 19;
export const ORDINARY = 0;

/**
 * Sets the nice value of a process, of each of its threads and of its session, which is what counts where the kernel groups
 * processes by session (sched(7), autogroup). Only root may make a thread eager again: without root it is the session alone.
 */
export async function setNice(pid: number, nice: number): Promise<void> {
  await writeFile(`/proc/${pid}/autogroup`, String(nice)).catch(() => undefined); // no such kernel, or no such process
  if (process.getuid?.() !== 0) return;
  for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) setThreadNice(Number(thread), nice);
}

function setThreadNice(thread: number, nice: number): void {
  try {
    setPriority(thread, nice);
  } catch {
    // it has ended meanwhile
  }
}
