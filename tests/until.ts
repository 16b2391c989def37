/** The one way in which tests wait: for a condition, with a deadline. */
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 5;
const DEADLINE_MS = 30_000;

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
