/** Limits of PID 1 itself; what it starts gets its own. */
import { RLIMITS } from '@bhatti/runtime/linux/constants.ts';
import type { Sys } from '@bhatti/runtime/sys.ts';

/** Open files: PID 1 holds the pipes of every service and session. Children may raise theirs up to it (systemd 255). */
const FILES_MAX = 524_288n;

export function raiseOwnLimits(sys: Sys): void {
  const limits = new Uint8Array(new BigUint64Array([FILES_MAX, FILES_MAX]).buffer);
  sys.attempt('prlimit64', 0, RLIMITS.NOFILE, limits, 0);
}
