/** Limits of PID 1 and of what it starts. */
import { limit } from '@bhatti/runtime/linux/child-calls.ts';
import { RLIMITS } from '@bhatti/runtime/linux/constants.ts';
import type { ChildCall, Sys } from '@bhatti/runtime/sys.ts';

/** Open files; the soft limit of children stays what programs that use select() can bear (systemd 255's defaults). */
const FILES_MAX = 524_288;
const FILES_OF_A_CHILD = 1024;

/** PID 1 holds the pipes of every service and session. */
export function raiseOwnLimits(sys: Sys): void {
  const limits = new Uint8Array(new BigUint64Array([BigInt(FILES_MAX), BigInt(FILES_MAX)]).buffer);
  sys.attempt('prlimit64', 0, RLIMITS.NOFILE, limits, 0);
}

/** What every child begins with; its own limits come after these. */
export const childLimits = (): ChildCall[] => [limit('NOFILE', FILES_OF_A_CHILD, FILES_MAX)];
