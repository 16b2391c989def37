/**
 * What systemctl and PID 1 say to each other over /run/bhatti/control: one JSON document a line, one request a
 * connection, then replies until `end`. Names are sent as the user typed them; PID 1 resolves them (suffix, escaping,
 * aliases, globs over loaded units). Replies are facts; the client makes the text.
 */

import type { InstallChange } from '../unit/install/install-change.ts';
import type {
  ActiveState,
  BusError,
  DependencyKind,
  JobMode,
  JobResult,
  JobState,
  JobType,
  JobVerb,
  LoadState,
  PresetState,
  SystemState,
  UnitFileState,
  UnitResult,
  UnitType,
} from '../unit/model.ts';
import type { Pieces } from '../unit/show/property-text.ts';

export type { InstallChange } from '../unit/install/install-change.ts';

export const CONTROL_SOCKET = '/run/bhatti/control';
/** Bytes of one request line, newline included. */
export const REQUEST_SIZE_MAX = 256 * 1024;
/** Names (or assignments) in one request. */
export const NAMES_MAX = 4096;

// --- requests ---------------------------------------------------------------------------------------------------

export interface JobRequest {
  readonly verb: 'job';
  readonly job: JobVerb;
  readonly names: readonly string[];
  /** Default 'replace'; any string is sent so that PID 1 answers `Job mode X invalid`. */
  readonly mode?: JobMode | string;
  /** True: replies go on until every job has ended; false: `end` comes once all are queued. */
  readonly block: boolean;
  /** `start --wait`: also waits until the units are inactive again. */
  readonly wait?: boolean;
  /** `--all`: globs match what loaded units pull in, too. */
  readonly all?: boolean;
}

export type Request =
  | JobRequest
  /** isolate; also `systemctl default`, `rescue`, `emergency`. */
  | { readonly verb: 'isolate'; readonly names: readonly string[]; readonly block: boolean }
  | {
      readonly verb: 'kill';
      readonly names: readonly string[];
      readonly whom: 'main' | 'control' | 'all';
      readonly signal: number;
      /** `--kill-value`: sent with sigqueue(3). */
      readonly value?: number;
    }
  | { readonly verb: 'reset-failed'; readonly names: readonly string[] }
  | { readonly verb: 'freeze' | 'thaw'; readonly names: readonly string[] }
  | { readonly verb: 'cancel'; readonly jobs: readonly number[] }
  | {
      readonly verb: 'set-property';
      readonly name: string;
      /** `MemoryMax=30M` */
      readonly assignments: readonly string[];
      readonly runtime: boolean;
    }
  /** systemd-run: a unit that exists only as long as it is needed, started at once. */
  | {
      readonly verb: 'start-transient';
      readonly name: string;
      /** `MemoryMax=30M`, in the words of unit files. */
      readonly properties: readonly string[];
      /** A unit that the first one starts. */
      readonly auxName?: string;
      readonly auxProperties?: readonly string[];
      readonly block: boolean;
      /** Also waits until the unit is down. */
      readonly wait: boolean;
      /** The unit's processes get the client's standard streams. */
      readonly pipe: boolean;
    }
  // read-only, one or many units
  /** is-active, is-failed: one `state` a name (globs: one a match). */
  | { readonly verb: 'states'; readonly names: readonly string[] }
  /** status: one `status` a unit; a name of digits is a pid. No names: every loaded unit that list-units shows. */
  | {
      readonly verb: 'status';
      readonly names: readonly string[];
      readonly types?: readonly string[];
      readonly states?: readonly string[];
      readonly all?: boolean;
    }
  /** show: one `properties` a unit. `properties` absent: all. No names and `manager`: the manager's own. */
  | {
      readonly verb: 'show';
      readonly names: readonly string[];
      readonly manager?: boolean;
      readonly properties?: readonly string[];
      /** Lines of properties without a value, too. */
      readonly empty?: boolean;
      readonly valueOnly?: boolean;
      readonly types?: readonly string[];
      readonly states?: readonly string[];
      readonly all?: boolean;
    }
  /** cat, edit: one `files` a name. */
  | { readonly verb: 'files'; readonly names: readonly string[] }
  | {
      readonly verb: 'list-units';
      readonly patterns: readonly string[];
      readonly types: readonly string[];
      /** load, active or sub states. */
      readonly states: readonly string[];
      readonly all: boolean;
    }
  | {
      readonly verb: 'list-unit-files';
      readonly patterns: readonly string[];
      readonly types: readonly string[];
      readonly states: readonly string[];
    }
  | {
      readonly verb: 'list-dependencies';
      readonly names: readonly string[];
      /** Which relations to follow. */
      readonly kinds: readonly DependencyKind[];
    }
  | { readonly verb: 'list-jobs'; readonly patterns: readonly string[] }
  | {
      readonly verb: 'list-sockets' | 'list-timers' | 'list-paths' | 'list-automounts';
      readonly patterns: readonly string[];
      readonly all: boolean;
    }
  | { readonly verb: 'is-enabled'; readonly names: readonly string[] }
  | { readonly verb: 'get-default' }
  | { readonly verb: 'unit-of-pid'; readonly pid: number }
  | { readonly verb: 'system-state'; readonly wait: boolean }
  // unit files
  | UnitFilesRequest
  // the manager
  | { readonly verb: 'daemon-reload' | 'daemon-reexec' }
  | { readonly verb: 'environment'; readonly op: 'show' }
  /** `A=1`, or names for unset. */
  | { readonly verb: 'environment'; readonly op: 'set' | 'unset'; readonly assignments: readonly string[] }
  | { readonly verb: 'log-level'; readonly set?: string }
  /** force 0: through the target's jobs; 1: kill all at once, unmount, go; 2: go. */
  | {
      readonly verb: 'power';
      readonly action: 'poweroff' | 'reboot' | 'halt' | 'kexec' | 'exit';
      readonly force: 0 | 1 | 2;
    }
  /** From the program that reads the system bus (lohar/src/bus): names that units wait for or have, without an end. */
  | { readonly verb: 'bus-names' }
  /** ... and who has one, in a word that no other owner is known by; '' when nobody has. */
  | { readonly verb: 'bus-owner'; readonly name: string; readonly owner: string }
  /** Rotation and writing out of the journal, for journalctl. */
  | {
      readonly verb: 'journal';
      readonly op: 'rotate' | 'flush' | 'sync' | 'vacuum';
      readonly sizeBytes?: number;
      readonly olderThanMs?: number;
    };

export interface UnitFilesRequest {
  readonly verb: 'unit-files';
  readonly op:
    | 'enable'
    | 'disable'
    | 'reenable'
    | 'preset'
    | 'preset-all'
    | 'mask'
    | 'unmask'
    | 'link'
    | 'revert'
    | 'add-wants'
    | 'add-requires'
    | 'set-default';
  readonly names: readonly string[];
  readonly runtime: boolean;
  readonly force: boolean;
  readonly presetMode?: 'full' | 'enable-only' | 'disable-only';
  /** add-wants, add-requires: the unit that gets the dependency. */
  readonly target?: string;
  /** `--no-reload` */
  readonly noReload?: boolean;
}

/** Verbs that anyone may use; all others are for root and members of group sudo. */
export const READ_ONLY_VERBS: ReadonlySet<string> = new Set([
  'states',
  'status',
  'show',
  'files',
  'list-units',
  'list-unit-files',
  'list-dependencies',
  'list-jobs',
  'list-sockets',
  'list-timers',
  'list-paths',
  'list-automounts',
  'is-enabled',
  'get-default',
  'unit-of-pid',
  'system-state',
]);

// --- replies ----------------------------------------------------------------------------------------------------

export type Reply =
  /** The last one, always. */
  | { readonly is: 'end' }
  /** The whole request failed. */
  | { readonly is: 'error'; readonly error: BusError }
  /** The name had characters that no unit name has: line 18 of the list. */
  | { readonly is: 'escaped'; readonly from: string; readonly to: string }
  /** This name failed; the others go on. `unit` is the name with its suffix. */
  | { readonly is: 'failed'; readonly name: string; readonly unit: string; readonly error: BusError }
  /** The unit's files changed on disk since they were read. */
  | { readonly is: 'needs-reload'; readonly unit: string }
  // jobs
  | {
      readonly is: 'queued';
      readonly name: string;
      readonly unit: string;
      readonly job: number;
      readonly type: JobType;
    }
  | {
      readonly is: 'job';
      readonly unit: string;
      readonly job: number;
      readonly type: JobType;
      readonly result: JobResult;
      /** Result= of the unit at that moment, for the text of `failed`. */
      readonly unitResult: UnitResult;
    }
  /** stop: units that are active and will start it again. */
  | { readonly is: 'triggered-by'; readonly unit: string; readonly units: readonly string[] }
  /** --wait: the unit is down. */
  | { readonly is: 'ended'; readonly unit: string; readonly active: ActiveState; readonly result: UnitResult }
  /** A transient unit was started. */
  | { readonly is: 'transient'; readonly unit: string; readonly invocationId: string }
  /** ... and is over. */
  | {
      readonly is: 'finished';
      readonly unit: string;
      readonly result: UnitResult;
      /** How the main process ended; '' when there was none. */
      readonly code: 'exited' | 'killed' | 'dumped' | '';
      readonly status: number;
      readonly runtimeUsec: number;
      readonly cpuUsec: number;
      readonly memoryPeak?: number;
      readonly swapPeak?: number;
    }
  // facts
  | {
      readonly is: 'state';
      readonly name: string;
      readonly unit: string;
      readonly load: LoadState;
      readonly active: ActiveState;
      readonly sub: string;
    }
  | { readonly is: 'status'; readonly status: UnitStatus }
  | { readonly is: 'properties'; readonly unit: string; readonly text: Pieces }
  | {
      readonly is: 'files';
      readonly name: string;
      readonly unit: string;
      readonly load: LoadState;
      readonly fragment: string;
      readonly dropIns: readonly string[];
      readonly needsReload: boolean;
    }
  | { readonly is: 'units'; readonly units: readonly UnitRow[] }
  | { readonly is: 'unit-files'; readonly files: readonly UnitFileRow[] }
  /** What `roots` reach over the asked kinds; walk it from the roots. */
  | {
      readonly is: 'dependencies';
      readonly roots: readonly string[];
      readonly units: Readonly<Record<string, { readonly active: ActiveState; readonly to: readonly string[] }>>;
    }
  | { readonly is: 'jobs'; readonly jobs: readonly JobRow[] }
  | {
      readonly is: 'sockets';
      readonly sockets: readonly {
        readonly listen: string;
        readonly type: string;
        readonly unit: string;
        readonly activates: readonly string[];
      }[];
    }
  | {
      readonly is: 'timers';
      readonly timers: readonly {
        readonly unit: string;
        readonly activates: readonly string[];
        readonly nextMs: number;
        readonly lastMs: number;
      }[];
    }
  | {
      readonly is: 'paths';
      readonly paths: readonly {
        readonly path: string;
        readonly condition: string;
        readonly unit: string;
        readonly activates: readonly string[];
      }[];
    }
  | {
      readonly is: 'automounts';
      readonly automounts: readonly {
        readonly what: string;
        readonly where: string;
        readonly mounted: boolean;
        readonly idleMs: number;
        readonly unit: string;
      }[];
    }
  | {
      readonly is: 'file-state';
      readonly name: string;
      readonly unit: string;
      readonly state: UnitFileState | 'not-found';
      readonly path: string;
    }
  | { readonly is: 'default-target'; readonly unit: string }
  | { readonly is: 'unit-of-pid'; readonly unit: string }
  | { readonly is: 'system-state'; readonly state: SystemState }
  | { readonly is: 'environment'; readonly entries: readonly string[] }
  | { readonly is: 'log-level'; readonly level: string }
  /** What was done to symlinks and files, in order; `carriesInstall` false: the text of line 181 is due. */
  | { readonly is: 'changes'; readonly changes: readonly InstallChange[]; readonly carriesInstall: boolean }
  /** Each once a connection. */
  | { readonly is: 'bus-name'; readonly name: string }
  /** journalctl --vacuum-*, --rotate: files deleted. */
  | {
      readonly is: 'journal';
      readonly deleted: readonly { readonly path: string; readonly sizeBytes: number }[];
      readonly freedBytes: number;
    };

export interface UnitRow {
  readonly unit: string;
  readonly load: LoadState;
  readonly active: ActiveState;
  readonly sub: string;
  readonly description: string;
  readonly job?: { readonly id: number; readonly type: JobType };
}
export interface UnitFileRow {
  readonly file: string;
  readonly state: UnitFileState;
  readonly preset: PresetState;
}
export interface JobRow {
  readonly id: number;
  readonly unit: string;
  readonly type: JobType;
  readonly state: JobState;
}

/** One ended command of the current run: a `Process:` line. */
export interface EndedCommand {
  /** 'ExecStartPre' */
  readonly kind: string;
  readonly argv: readonly string[];
  readonly pid: number;
  readonly startMs: number;
  readonly exitMs: number;
  /** 'exited' | 'killed' | 'dumped' */
  readonly code: 'exited' | 'killed' | 'dumped';
  /** Exit status or signal number. */
  readonly status: number;
  readonly ignoreFailure: boolean;
}

/** Everything `systemctl status` needs but the log and what /proc and the cgroup tree tell about processes. */
export interface UnitStatus {
  /** The name asked for, with its suffix. */
  readonly unit: string;
  readonly id: string;
  readonly type: UnitType;
  /** Equal to the id when there is none. */
  readonly description: string;
  readonly documentation: readonly string[];
  readonly load: LoadState;
  readonly loadError?: BusError;
  readonly fragment: string;
  readonly source: string;
  readonly dropIns: readonly string[];
  readonly fileState: UnitFileState;
  readonly preset: PresetState;
  readonly transient: boolean;
  readonly needsReload: boolean;
  readonly active: ActiveState;
  readonly sub: string;
  readonly frozen: boolean;
  readonly result: UnitResult;
  /** ms since 1970; 0 = never. */
  readonly activeEnterMs: number;
  readonly activeExitMs: number;
  readonly inactiveEnterMs: number;
  readonly inactiveExitMs: number;
  /** active time of the last run by the monotonic clock, for `Duration:`; 0 when still active or never. */
  readonly activeForMs: number;
  readonly condition: 'untested' | 'yes' | 'no';
  readonly conditionAtMs: number;
  readonly assert: 'untested' | 'yes' | 'no';
  readonly assertAtMs: number;
  /** `ConditionPathExists=/nope` of those that failed. */
  readonly unmet: readonly string[];
  readonly triggers: readonly { readonly unit: string; readonly active: ActiveState }[];
  readonly triggeredBy: readonly { readonly unit: string; readonly active: ActiveState }[];
  readonly mainPid: number;
  readonly controlPid: number;
  /** The last main process when it ended. */
  readonly lastMain?: EndedCommand;
  readonly ended: readonly EndedCommand[];
  readonly statusText: string;
  readonly statusErrno: number;
  /** '/system.slice/x.service', '' without one. */
  readonly cgroup: string;
  /** Bytes; undefined where the kernel does not tell. */
  readonly tasks?: number;
  readonly tasksMax?: number;
  readonly memory?: number;
  readonly memoryPeak?: number;
  readonly memorySwap?: number;
  readonly memorySwapPeak?: number;
  readonly memoryHigh?: number;
  readonly memoryMax?: number;
  readonly memorySwapMax?: number;
  readonly memoryMin?: number;
  readonly memoryLow?: number;
  readonly cpuNsec?: number;
  readonly invocationId: string;
  /** Socket: `127.0.0.1:5501 (Stream)`; empty otherwise. */
  readonly listen: readonly string[];
  readonly accepted?: number;
  readonly connections?: number;
  readonly refused?: number;
  /** Timer: next elapse, ms since 1970; 0 = none. */
  readonly nextElapseMs?: number;
  readonly where?: string;
  readonly what?: string;
}
