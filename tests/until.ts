/** The one way in which tests wait: for a condition, with a deadline. */
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 5;
const DEADLINE_MS = 30_000;

/** @returns the first answer that is not null. @throws Error that names what was waited for */
export async function untilFound<T>(
  what: string,
  look: () => Promise<T | null>,
  deadlineMs: number = DEADLINE_MS,
): Promise<T> {
  let found: T | null = null;
  const holds = async (): Promise<boolean> => {
    found = await look();
    return found !== null;
  };
  await until(what, holds, deadlineMs);
  return found as T;
}

/** @throws Error that names what was waited for */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs: number = DEADLINE_MS,
): Promise<void> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > deadlineMs) throw new Error(`not within ${deadlineMs / 1000} s: ${what}`);
    await pause(POLL_MS);
  }
}
