import type { Sys } from '@bhatti/runtime/sys.ts';
import type { Report } from './job.ts';

const STDOUT = 1;

/** One line to whoever started this keeper, who may be gone. */
export function say(sys: Sys, report: Report): void {
  try {
    sys.write(STDOUT, new TextEncoder().encode(`${JSON.stringify(report)}\n`));
  } catch {
    return;
  }
}

/** Tells that it runs; stdout is of no use after that. */
export function sayReady(sys: Sys, pid: number): void {
  say(sys, { is: 'ready', pid });
  sys.close(STDOUT);
}

/** Tells what went wrong and ends this process. */
export function sayFailed(sys: Sys, error: unknown): never {
  say(sys, { is: 'failed', message: error instanceof Error ? error.message : String(error) });
  sys.exit(1);
}
