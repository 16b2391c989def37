/** A session as the next image of PID 1 finds it. */
import type { Fd, Pid, WaitStatus } from '@bhatti/runtime/sys.ts';

export const SESSION_KEY = 'session:';

/** All that the next image of PID 1 must know of it. */
export interface SessionRecord {
  readonly id: string;
  /** As far as it is shown. */
  readonly argv: readonly string[];
  readonly user: string;
  readonly pid: Pid;
  readonly tree: string | null;
  readonly tty: boolean;
  readonly output: Fd;
  /** Where input goes: the same descriptor for a terminal, null when there is none. */
  readonly input: Fd | null;
  readonly copy: Fd;
  readonly startedMs: number;
  readonly timeoutAtMs?: number;
  readonly timedOut: boolean;
  readonly status: WaitStatus | null;
  readonly outputEnded: boolean;
  /** The client's stream, and the number of the first byte that it got. */
  readonly client: { readonly stream: number; readonly from: number } | null;
}
