/** Whether this guest does anything: what the host asks before it sets a sandbox aside. Read when that happens first. */
import type { Sys } from '@bhatti/runtime/sys.ts';
import type { GuestActivity, SessionInfo } from '@bhatti/wire/messages.ts';
import { statFields } from '../process-stat.ts';

/** All processors have a line of their own, and interrupts one that is long: what is read lies before and after. */
const STAT_SIZE_MAX = 256 * 1024;
const PROCESS_STAT_SIZE_MAX = 4096;
/** proc(5): times are in ticks of USER_HZ, which is 100 on every architecture there is. */
const TICK_MS = 10;
/** The session that `create --init` begins: a service rather than somebody's work. */
const INIT_SESSION = 'init';
const SHELL = /(?:^|\/)-?(?:ba|da|z|k|a|fi)?sh$/;

/** @param sessions those that run */
export function readActivity(sys: Sys, sessions: readonly SessionInfo[], timerMs: number | undefined): GuestActivity {
  const text = sys.decode(sys.readFile('/proc/stat', STAT_SIZE_MAX));
  const foreground = (pid: number): Foreground => readForeground(sys, pid);
  return {
    ...statOf(text),
    uptimeMs: sys.monotonicMs(),
    jobs: sessions.filter((session) => isJob(session, foreground(session.pid))).length,
    ...(timerMs === undefined ? {} : { timerMs }),
  };
}

/** Pure: of /proc/stat. Time that is idle or waits for a disk is no work. */
export function statOf(text: string): Pick<GuestActivity, 'processorMs' | 'blocked'> {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (/^cpu +(.*)/.exec(text)?.[1] ?? '')
    .split(' ')
    .map(Number);
  return {
    processorMs: (user + nice + system + irq + softirq) * TICK_MS,
    blocked: Number(/^procs_blocked (\d+)/m.exec(text)?.[1] ?? 0),
  };
}

export interface Foreground {
  /** Process group of the session's first process, and the one in the foreground of its terminal; -1: no terminal. */
  readonly own: number;
  readonly shown: number;
}

/** Pure: a shell that waits for its next line does nothing; whatever else somebody began in a session is work. */
export function isJob({ id, argv, tty }: SessionInfo, { own, shown }: Foreground): boolean {
  if (id === INIT_SESSION) return false;
  const [program = '', ...words] = argv;
  const isShell = tty && SHELL.test(program) && words.every((word) => /^-[^c]*$/.test(word));
  return !isShell || own !== shown;
}

/** From the third field on: state, parent, process group, session, terminal and its foreground group. */
function readForeground(sys: Sys, pid: number): Foreground {
  try {
    const text = sys.decode(sys.readFile(`/proc/${pid}/stat`, PROCESS_STAT_SIZE_MAX));
    const [, , own, , , shown] = statFields(text);
    return { own: Number(own), shown: Number(shown) };
  } catch {
    return { own: 0, shown: 0 }; // it has ended meanwhile
  }
}
