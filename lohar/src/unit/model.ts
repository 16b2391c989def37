/**
 * The words of the service manager, spelled as systemd spells them: every program that reads `systemctl show` knows
 * them. PID 1 and its clients share this file and control/protocol.ts, nothing else.
 */

export const UNIT_TYPES = [
  'service',
  'socket',
  'target',
  'device',
  'mount',
  'automount',
  'swap',
  'timer',
  'path',
  'slice',
  'scope',
] as const;
export type UnitType = (typeof UNIT_TYPES)[number];

export type LoadState = 'stub' | 'loaded' | 'not-found' | 'bad-setting' | 'error' | 'merged' | 'masked';

export type ActiveState =
  | 'active'
  | 'reloading'
  | 'inactive'
  | 'failed'
  | 'activating'
  | 'deactivating'
  | 'maintenance'
  | 'refreshing';

/** SubState of a service; other types have their own few words (active, mounted, waiting ...), plain strings. */
export const SERVICE_STATES = [
  'dead',
  'condition',
  'start-pre',
  'start',
  'start-post',
  'running',
  'exited',
  'reload',
  'reload-signal',
  'reload-notify',
  'stop',
  'stop-watchdog',
  'stop-sigterm',
  'stop-sigkill',
  'stop-post',
  'final-watchdog',
  'final-sigterm',
  'final-sigkill',
  'failed',
  'dead-before-auto-restart',
  'failed-before-auto-restart',
  'auto-restart',
  'auto-restart-queued',
] as const;
export type ServiceSubState = (typeof SERVICE_STATES)[number];

/** Result= of a unit. */
export type UnitResult =
  | 'success'
  | 'resources'
  | 'protocol'
  | 'timeout'
  | 'exit-code'
  | 'signal'
  | 'core-dump'
  | 'watchdog'
  | 'start-limit-hit'
  | 'oom-kill'
  | 'exec-condition'
  /** Of sockets and paths. */
  | 'trigger-limit-hit'
  | 'service-start-limit-hit'
  | 'unit-start-limit-hit'
  /** Of automounts. */
  | 'mount-start-limit-hit'
  | 'unmounted';

/** UnitFileState=; '' for a unit without a file. */
export type UnitFileState =
  | ''
  | 'enabled'
  | 'enabled-runtime'
  | 'linked'
  | 'linked-runtime'
  | 'alias'
  | 'masked'
  | 'masked-runtime'
  | 'static'
  | 'disabled'
  | 'indirect'
  | 'generated'
  | 'transient'
  | 'bad';

/** UnitFilePreset=; '' where presets do not apply. */
export type PresetState = '' | 'enabled' | 'disabled' | 'ignored';

/** Types of a job in the queue, as list-jobs prints them. */
export type JobType =
  | 'start'
  | 'verify-active'
  | 'stop'
  | 'reload'
  | 'restart'
  | 'nop'
  | 'try-restart'
  | 'try-reload'
  | 'reload-or-start';

/** What a user may ask for; some are decided into a JobType when the unit's state is known. */
export type JobVerb =
  | 'start'
  | 'stop'
  | 'reload'
  | 'restart'
  | 'try-restart'
  | 'reload-or-restart'
  | 'try-reload-or-restart';

export const JOB_MODES = [
  'fail',
  'replace',
  'replace-irreversibly',
  'isolate',
  'flush',
  'ignore-dependencies',
  'ignore-requirements',
  'triggering',
  'restart-dependencies',
] as const;
export type JobMode = (typeof JOB_MODES)[number];

export type JobState = 'waiting' | 'running';

export type JobResult =
  | 'done'
  | 'canceled'
  | 'timeout'
  | 'failed'
  | 'dependency'
  | 'skipped'
  | 'invalid'
  | 'assert'
  | 'unsupported'
  | 'collected'
  | 'once';

/** is-system-running. */
export type SystemState = 'initializing' | 'starting' | 'running' | 'degraded' | 'maintenance' | 'stopping';

/** syslog(3) priorities, 0 emerg to 7 debug. */
export type Priority = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Every relation between units, with systemd's property names. `show` prints them in this order. */
export const DEPENDENCY_KINDS = [
  'Requires',
  'Requisite',
  'Wants',
  'BindsTo',
  'PartOf',
  'Upholds',
  'RequiredBy',
  'RequisiteOf',
  'WantedBy',
  'BoundBy',
  'UpheldBy',
  'ConsistsOf',
  'Conflicts',
  'ConflictedBy',
  'Before',
  'After',
  'OnSuccess',
  'OnSuccessOf',
  'OnFailure',
  'OnFailureOf',
  'Triggers',
  'TriggeredBy',
  'PropagatesReloadTo',
  'ReloadPropagatedFrom',
  'PropagatesStopTo',
  'StopPropagatedFrom',
  'JoinsNamespaceOf',
  'References',
  'ReferencedBy',
  'RequiresMountsFor',
  'InSlice',
  'SliceOf',
] as const;
export type DependencyKind = Exclude<(typeof DEPENDENCY_KINDS)[number], 'RequiresMountsFor'>;

/** The names of systemd's D-Bus errors without their prefixes: exit codes and hints of systemctl follow from them. */
export type BusErrorName =
  | 'NoSuchUnit'
  | 'UnitMasked'
  | 'LoadFailed'
  | 'BadUnitSetting'
  | 'NoSuchJob'
  | 'OnlyByDependency'
  | 'NoIsolation'
  | 'JobTypeNotApplicable'
  | 'TransactionIsDestructive'
  | 'TransactionJobsConflicting'
  | 'TransactionOrderIsCyclic'
  | 'ShuttingDown'
  | 'NoUnitForPID'
  | 'NoSuchProcess'
  | 'UnitInactive'
  | 'UnitExists'
  | 'UnitGenerated'
  | 'UnitLinked'
  | 'BadUnitFile'
  | 'AccessDenied'
  | 'InvalidArgs'
  | 'NotSupported'
  | 'FileExists'
  | 'FileNotFound'
  | 'LimitsExceeded'
  | 'Failed';

/** `message` is systemd's own text: "Unit x.service not found." */
export interface BusError {
  readonly name: BusErrorName;
  readonly message: string;
}
