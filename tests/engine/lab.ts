/** What tests of the engine share: folders that go away, waiting for a condition, looking at processes. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 5;
const DEADLINE_MS = 20_000;

/** A folder that is removed when the test is over. */
export function scratchFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-engine-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Waits until `holds`. @throws Error with `what` after 20 s */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const begin = performance.now();
  while (!(await holds())) {
    if (performance.now() - begin > DEADLINE_MS) throw new Error(`not within ${DEADLINE_MS / 1000} s: ${what}`);
    await pause(POLL_MS);
  }
}

/** False for a process that is gone or a zombie. */
export function processExists(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}
