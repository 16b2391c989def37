/** A session as the next image of PID 1 finds it. */
import type { Fd, Pid, WaitStatus } from '@bhatti/runtime/sys.ts';
import type { OutputCopy } from './output-copy.ts';
import type { ProcessTree } from './process-tree.ts';

export const SESSION_KEY = 'session:';
const ARGUMENTS_SHOWN = 32;
const ARGUMENT_SHOWN_SIZE = 256;

export function shownArguments(argv: readonly string[]): string[] {
  return argv.slice(0, ARGUMENTS_SHOWN).map((word) => word.slice(0, ARGUMENT_SHOWN_SIZE));
}

export interface ClientRecord {
  /** Its stream, or idOfLost() while it is waited for. */
  readonly stream: number;
  /** Number of the first byte that it got. */
  readonly from: number;
  /** What it goes on by when its host is lost. */
  readonly keep?: string;
}

/** All that the next image of PID 1 must know of it. */
export interface SessionRecord {
  readonly id: string;
  /** As far as it is shown. */
  readonly argv: readonly string[];
  readonly user: string;
  readonly pid: Pid;
  readonly tree: string | null;
  readonly tty: boolean;
  /** Terminal or pipes that output may still come from. */
  readonly outputs: readonly Fd[];
  /** Where input goes: the same descriptor for a terminal, null when there is none. */
  readonly input: Fd | null;
  readonly copy: Fd;
  readonly startedMs: number;
  readonly timeoutAtMs?: number;
  readonly timedOut: boolean;
  readonly status: WaitStatus | null;
  readonly client: ClientRecord | null;
}

/** A command that is to become a session. */
export interface Orphan {
  readonly record: Omit<SessionRecord, 'id'>;
  readonly tree: ProcessTree;
  readonly copy: OutputCopy;
}
