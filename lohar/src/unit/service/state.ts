/**
 * A service, as systemd's states name it.
 *
 *   dead -> condition -> start-pre -> start -> start-post -> running | exited
 *   running -> reload | reload-signal -> reload-notify -> running
 *   running -> stop -> stop-sigterm -> stop-sigkill -> stop-post -> final-sigterm -> final-sigkill -> dead | failed
 *   dead | failed -> (before-auto-restart) -> auto-restart -> auto-restart-queued -> start again
 *
 * A step takes the state and one event and gives the next state and effects in order. An effect that asks a question
 * (spawn, kill, read a file) is the last of its step; `pending` says what the answer is for.
 */
import type { Stamp } from '../graph/unit.ts';
import { NEVER } from '../graph/unit.ts';
import type { ActiveState, Priority, ServiceSubState, UnitResult } from '../model.ts';
import type { Usec } from '../value/time-span.ts';
import type { NotifyFields } from './notify-fields.ts';

export type CommandKind =
  | 'ExecCondition'
  | 'ExecStartPre'
  | 'ExecStart'
  | 'ExecStartPost'
  | 'ExecReload'
  | 'ExecStop'
  | 'ExecStopPost';

export type ExitCode = 'exited' | 'killed' | 'dumped';

export interface ExecStatus {
  readonly pid: number;
  readonly start: Stamp;
  readonly exit: Stamp;
  /** null while it runs. */
  readonly code: ExitCode | null;
  /** Exit status or signal. */
  readonly status: number;
}
export const NO_EXEC: ExecStatus = { pid: 0, start: NEVER, exit: NEVER, code: null, status: 0 };

export interface CommandStatus extends ExecStatus {
  readonly kind: CommandKind;
  readonly index: number;
}

export interface CommandRef {
  readonly kind: CommandKind;
  readonly index: number;
}

export type Pending =
  | {
      readonly for: 'spawn';
      readonly role: 'main' | 'control';
      readonly command: CommandRef;
      readonly next: ServiceSubState;
    }
  | { readonly for: 'kill'; readonly next: KillState }
  | { readonly for: 'pid-file'; readonly after: AfterMain | 'main-exit' | 'appeared' }
  | { readonly for: 'guess'; readonly after: AfterMain };

/** Which step goes on once the main process is known, or known not to be known. */
export type AfterMain = 'start' | 'start-post' | 'reload';

export type KillState =
  | 'stop-watchdog'
  | 'stop-sigterm'
  | 'stop-sigkill'
  | 'final-watchdog'
  | 'final-sigterm'
  | 'final-sigkill';

export interface ServiceState {
  readonly sub: ServiceSubState;
  readonly result: UnitResult;
  readonly reloadResult: UnitResult;
  /** 0: none. */
  readonly mainPid: number;
  /** The main process is known (be it dead); without it the cgroup decides. */
  readonly mainKnown: boolean;
  /** Not a child of PID 1: its end is not announced. */
  readonly mainAlien: boolean;
  /** ExecStart= command that runs as main process; null for forking services. */
  readonly mainCommand: CommandRef | null;
  readonly main: ExecStatus;
  readonly controlPid: number;
  readonly controlCommand: CommandRef | null;
  readonly commands: readonly CommandStatus[];
  readonly restarts: number;
  readonly flushRestarts: boolean;
  readonly forbidRestart: boolean;
  readonly notify: 'unknown' | 'ready' | 'reloading' | 'stopping';
  readonly notifyAccess: 'none' | 'main' | 'exec' | 'all' | null;
  readonly statusText: string;
  readonly statusErrno: number;
  /** Who has its BusName=, '' for nobody; null when there is no bus to ask. */
  readonly busOwner: string | null;
  /** Who had it before this run, which the bus may not have noticed to be over. */
  readonly staleOwner: string;
  /** What the service may use up between two WATCHDOG=1; Infinity before the first start. */
  readonly watchdogUsec: Usec;
  readonly watchdogAt: Stamp;
  readonly reloadBeganUsec: Usec;
  /** When the current timeout ends, by the monotonic clock; Infinity without one. */
  readonly timeoutAtUsec: Usec;
  readonly pending: Pending | null;
  /** A main process that ended while the PID file is looked at. */
  readonly exiting: { readonly pid: number; readonly code: ExitCode; readonly status: number } | null;
}

export const INITIAL: ServiceState = {
  sub: 'dead',
  result: 'success',
  reloadResult: 'success',
  mainPid: 0,
  mainKnown: false,
  mainAlien: false,
  mainCommand: null,
  main: NO_EXEC,
  controlPid: 0,
  controlCommand: null,
  commands: [],
  restarts: 0,
  flushRestarts: false,
  forbidRestart: false,
  notify: 'unknown',
  notifyAccess: null,
  statusText: '',
  statusErrno: 0,
  busOwner: null,
  staleOwner: '',
  watchdogUsec: Number.POSITIVE_INFINITY,
  watchdogAt: NEVER,
  reloadBeganUsec: Number.POSITIVE_INFINITY,
  timeoutAtUsec: Number.POSITIVE_INFINITY,
  pending: null,
  exiting: null,
};

export type ServiceEvent =
  | {
      readonly is:
        | 'start'
        | 'stop'
        | 'reload'
        | 'timeout'
        | 'watchdog'
        | 'cgroup-empty'
        | 'oom'
        | 'restart-failed'
        | 'start-limit'
        | 'reset-failed'
        | 'pid-file-changed';
    }
  /** Answers: `executed` is false when exec failed and an exit will follow. */
  | { readonly is: 'spawned'; readonly pid: number; readonly executed: boolean }
  | { readonly is: 'spawn-failed'; readonly why: string }
  /** `wait`: something was there that will end. */
  | { readonly is: 'killed'; readonly wait: boolean }
  | { readonly is: 'pid-file'; readonly pid: number; readonly alien: boolean }
  | { readonly is: 'pid-file-bad' }
  /** 0: nobody, or more than one. */
  | { readonly is: 'guessed'; readonly pid: number; readonly alien: boolean }
  | { readonly is: 'bus-owner'; readonly owner: string }
  | { readonly is: 'exited'; readonly pid: number; readonly code: ExitCode; readonly status: number }
  | {
      readonly is: 'notified';
      readonly from: { readonly pid: number; readonly uid: number };
      readonly fields: NotifyFields;
    };

export type Effect =
  /** The unit's state: jobs, dependents and timestamps follow from it. */
  | { readonly do: 'state'; readonly sub: ServiceSubState; readonly active: ActiveState }
  | { readonly do: 'log'; readonly priority: Priority; readonly text: string }
  /** Runs a command; answered by spawned or spawn-failed. */
  | { readonly do: 'spawn'; readonly role: 'main' | 'control'; readonly command: CommandRef }
  /** Signals the processes as KillMode= says; answered by killed. */
  | { readonly do: 'kill'; readonly how: 'terminate' | 'restart' | 'kill' | 'watchdog' }
  | { readonly do: 'signal'; readonly pid: number; readonly signal: number }
  /** The one timer of the unit; Infinity: none. */
  | { readonly do: 'arm'; readonly atUsec: Usec }
  | { readonly do: 'arm-watchdog'; readonly atUsec: Usec }
  /** Answered by pid-file or pid-file-bad. */
  | { readonly do: 'read-pid-file'; readonly warn: boolean; readonly during: ServiceSubState }
  /** pid-file-changed when it is written. */
  | { readonly do: 'watch-pid-file'; readonly on: boolean }
  /** Answered by guessed. */
  | { readonly do: 'guess-main' }
  /** A run begins: invocation id, cgroup, counters. */
  | { readonly do: 'begin' }
  /** Processes that its end left running are told. */
  | { readonly do: 'tell-left-over' }
  /** A run is over: PID file, runtime directory, credentials. `restarting`: RuntimeDirectoryPreserve=restart counts. */
  | { readonly do: 'release'; readonly restarting: boolean }
  /** Asks for the start of this unit; answered by restart-failed when that cannot be. */
  | { readonly do: 'queue-restart' }
  /** The condition of ExecCondition=. */
  | { readonly do: 'condition'; readonly holds: boolean }
  /** A reload that the service began itself goes on to others. */
  | { readonly do: 'propagate-reload' };

/** What a step may look at besides the state. */
export interface Surroundings {
  readonly now: Stamp;
  /** A queued stop (or restart) job of this unit. */
  readonly job: 'stop' | 'restart' | 'other' | null;
  /** Is there a system bus, be it one that nobody has needed yet? Asked only for Type=dbus. */
  readonly hasBus: () => boolean;
  /** Is anything in the cgroup? null: it cannot be told. */
  readonly populated: () => boolean | null;
  /** Asked only of an alien main process. */
  readonly alive: (pid: number) => boolean;
  /** Is it another process's child? */
  readonly isAlien: (pid: number) => boolean;
  /** Does this process belong to the unit's cgroup, another's, or does it not exist? */
  readonly owner: (pid: number) => 'own' | 'other' | 'none';
}

const ACTIVE: Readonly<Record<ServiceSubState, ActiveState>> = {
  dead: 'inactive',
  condition: 'activating',
  'start-pre': 'activating',
  start: 'activating',
  'start-post': 'activating',
  running: 'active',
  exited: 'active',
  reload: 'reloading',
  'reload-signal': 'reloading',
  'reload-notify': 'reloading',
  stop: 'deactivating',
  'stop-watchdog': 'deactivating',
  'stop-sigterm': 'deactivating',
  'stop-sigkill': 'deactivating',
  'stop-post': 'deactivating',
  'final-watchdog': 'deactivating',
  'final-sigterm': 'deactivating',
  'final-sigkill': 'deactivating',
  failed: 'failed',
  'dead-before-auto-restart': 'inactive',
  'failed-before-auto-restart': 'failed',
  'auto-restart': 'activating',
  'auto-restart-queued': 'activating',
};

/** ActiveState= of a SubState=. An idle service counts as up while it waits for its turn. */
export function activeOf(sub: ServiceSubState, isIdle: boolean): ActiveState {
  if (isIdle && ['condition', 'start-pre', 'start', 'start-post'].includes(sub)) return 'active';
  return ACTIVE[sub];
}
