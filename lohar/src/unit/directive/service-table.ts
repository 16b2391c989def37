/** The directives of [Service] that no other unit type has. Facts: systemd.service(5). */
import type { Command } from '../exec/command.ts';
import { NO_STATUSES, type StatusSet } from '../value/exit-status.ts';
import { SIGHUP } from '../value/signal.ts';
import { USEC_PER_SEC } from '../value/time-span.ts';
import {
  abortTimeout,
  boolean,
  list,
  oneOf,
  rawWords,
  resolved,
  seconds,
  signal,
  startTimeout,
  text,
  timeout,
  unsigned,
} from './basic-readers.ts';
import { directive, type SettingsOf } from './directive.ts';
import { busName, commands, pidFile, statuses } from './service-readers.ts';

const NEVER: number = Number.POSITIVE_INFINITY;
/** DefaultTimeoutStartSec= and DefaultTimeoutStopSec=. */
const DEFAULT_TIMEOUT = 90 * USEC_PER_SEC;
const NONE: readonly string[] = [];

const exec = directive<readonly Command[]>(commands, [], 'service');
const statusSet = directive<StatusSet>(statuses, NO_STATUSES, 'service');
const failureMode = directive(
  oneOf(['terminate', 'abort', 'kill'], 'Failed to parse timeout failure mode'),
  'terminate',
  'service',
);

export const SERVICE_TYPES = [
  'simple',
  'exec',
  'forking',
  'oneshot',
  'dbus',
  'notify',
  'notify-reload',
  'idle',
] as const;
export type ServiceType = (typeof SERVICE_TYPES)[number];
export const RESTART_POLICIES = [
  'no',
  'on-success',
  'on-failure',
  'on-abnormal',
  'on-watchdog',
  'on-abort',
  'always',
] as const;
export type RestartPolicy = (typeof RESTART_POLICIES)[number];

export const SERVICE_TABLE = {
  /** '' until the unit is complete: then simple, dbus or oneshot. */
  Type: directive<ServiceType | ''>(
    oneOf<ServiceType | ''>(SERVICE_TYPES, 'Failed to parse service type'),
    '',
    'service',
  ),
  ExitType: directive(oneOf(['main', 'cgroup'], 'Failed to parse service exit type'), 'main', 'service'),
  Restart: directive(oneOf(RESTART_POLICIES, 'Failed to parse service restart specifier'), 'no', 'service'),
  RestartMode: directive(oneOf(['normal', 'direct'], 'Failed to parse service restart mode'), 'normal', 'service'),
  PIDFile: directive(pidFile, '', 'service'),
  ExecCondition: exec,
  ExecStartPre: exec,
  ExecStart: exec,
  ExecStartPost: exec,
  ExecReload: exec,
  ExecStop: exec,
  ExecStopPost: exec,
  RestartSec: directive(seconds, 100_000, 'service'),
  RestartSteps: directive(unsigned, 0, 'service'),
  RestartMaxDelaySec: directive(seconds, NEVER, 'service'),
  TimeoutStartSec: directive(startTimeout, DEFAULT_TIMEOUT, 'service'),
  TimeoutStopSec: directive(timeout, DEFAULT_TIMEOUT, 'service'),
  /** null: as TimeoutStopSec=. */
  TimeoutAbortSec: directive<number | null>(abortTimeout, null, 'service'),
  TimeoutStartFailureMode: failureMode,
  TimeoutStopFailureMode: failureMode,
  RuntimeMaxSec: directive(seconds, NEVER, 'service'),
  RuntimeRandomizedExtraSec: directive(seconds, 0, null),
  WatchdogSec: directive(seconds, 0, 'service'),
  RootDirectoryStartOnly: directive(boolean, false, 'spawn'),
  PermissionsStartOnly: directive(boolean, false, 'spawn'),
  RemainAfterExit: directive(boolean, false, 'service'),
  GuessMainPID: directive(boolean, true, 'service'),
  RestartPreventExitStatus: statusSet,
  RestartForceExitStatus: statusSet,
  SuccessExitStatus: statusSet,
  NonBlocking: directive(boolean, false, 'spawn'),
  BusName: directive(busName, '', 'service'),
  FileDescriptorStoreMax: directive(unsigned, 0, null),
  FileDescriptorStorePreserve: directive(
    oneOf(['no', 'yes', 'restart'], 'Failed to parse resource preserve mode'),
    'restart',
    null,
  ),
  NotifyAccess: directive(
    oneOf(['none', 'main', 'exec', 'all'], 'Failed to parse notify access specifier'),
    'none',
    'service',
  ),
  Sockets: directive<readonly string[]>(
    list((word, at) => resolved(word, at), { failure: 'Trailing garbage in sockets', keepOnEmpty: true }),
    NONE,
    'socket',
  ),
  USBFunctionDescriptors: directive(text, '', null),
  USBFunctionStrings: directive(text, '', null),
  /** '' until the unit is complete: then stop, or continue with Delegate=. */
  OOMPolicy: directive<'' | 'continue' | 'stop' | 'kill'>(
    oneOf<'' | 'continue' | 'stop' | 'kill'>(['continue', 'stop', 'kill'], 'Failed to parse OOM policy'),
    '',
    'service',
  ),
  OpenFile: directive<readonly string[]>(rawWords, NONE, null),
  ReloadSignal: directive(signal, SIGHUP, 'service'),
} as const;

export type ServiceSettings = SettingsOf<typeof SERVICE_TABLE>;
