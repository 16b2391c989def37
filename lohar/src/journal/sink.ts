/** What the service manager asks of the journal: a place for the lines of services and for its own. */
import type { Fd } from '../../../runtime/src/sys.ts';
import type { Priority } from '../unit/model.ts';

/** Where lines that come out of a descriptor belong. */
export interface StreamOrigin {
  readonly unit: string;
  /** SyslogIdentifier=, else the base name of the program. */
  readonly identifier: string;
  /** SyslogLevel=, SyslogFacility= (number, not shifted). */
  readonly priority: Priority;
  readonly facility: number;
  /** SyslogLevelPrefix=: `<3>` at the start of a line sets its priority and is cut. */
  readonly levelPrefix: boolean;
  /** LogLevelMax=: lines less severe than this are dropped. */
  readonly levelMax: Priority;
  readonly invocationId: string;
  readonly slice: string;
  readonly cgroup: string;
  /** LogRateLimitIntervalSec=, LogRateLimitBurst=; absent: the journal's default. */
  readonly rateLimit?: { readonly intervalMs: number; readonly burst: number };
}

/** A line of PID 1 about a unit, or about itself. */
export interface ManagerLine {
  readonly priority: Priority;
  readonly message: string;
  readonly unit?: string;
  readonly invocationId?: string;
  /** CODE_FILE=, MESSAGE_ID=, JOB_TYPE= ... */
  readonly fields?: Readonly<Record<string, string>>;
}

export interface JournalSink {
  /**
   * A descriptor to be stdout or stderr of one process (one end of a stream socket, so that JOURNAL_STREAM and the
   * writer's credentials work); the journal keeps the other end and reads it to its end. The caller closes what it
   * gets once the process has it.
   */
  open(origin: StreamOrigin): Fd;
  log(line: ManagerLine): void;
  /** journalctl --rotate, --flush, --sync, --vacuum-*. */
  maintain(
    op: 'rotate' | 'flush' | 'sync' | 'vacuum',
    also: { readonly sizeBytes?: number; readonly olderThanMs?: number },
  ): {
    readonly deleted: readonly { readonly path: string; readonly sizeBytes: number }[];
    readonly freedBytes: number;
  };
}
