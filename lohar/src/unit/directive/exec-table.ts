/** The execution environment of processes. Facts: systemd.exec(5). */
import { CAPABILITIES_ALL, parseCapabilities } from '../value/capability.ts';
import { RLIMITS, type Rlimit, type RlimitName } from '../value/rlimit.ts';
import {
  boolean,
  booleanOr,
  list,
  mode,
  oneOf,
  path,
  ranged,
  rawText,
  rawWords,
  resolved,
  seconds,
  text,
  tristate,
  unsigned,
  words,
} from './basic-readers.ts';
import { type Directive, directive, type Reader, type SettingsOf } from './directive.ts';
import {
  type Bind,
  binds,
  type Credential,
  directories,
  environment,
  environmentFiles,
  environmentNames,
  input,
  inputText,
  loadCredential,
  namespacePaths,
  type OwnDirectory,
  output,
  rlimit,
  type Stdio,
  setCredential,
  type TemporaryFileSystem,
  temporaryFileSystems,
  unsetNames,
  userName,
  userNames,
  type WorkingDirectory,
  workingDirectory,
} from './exec-readers.ts';

const NONE: readonly string[] = [];
const ignored = directive<readonly string[]>(rawWords, NONE, null);
const ignoredText = directive(rawText, '', null);
const ignoredFlag = directive(boolean, false, null);
const flag = directive(boolean, false, 'sandbox');
const strings = directive<readonly string[]>(words, NONE, null);
const paths = directive<readonly string[]>(namespacePaths, NONE, 'sandbox');
const ownDirectories = directive<readonly OwnDirectory[]>(directories, [], 'directories');
const directoryMode = directive(mode, 0o755, 'directories');
const credentials = (read: Reader<readonly Credential[]>, on: boolean): Directive<readonly Credential[]> =>
  directive(read, [], on ? 'credentials' : null);

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;
const level: Reader<number> = (value, at) => {
  const known = LEVELS.indexOf(value as (typeof LEVELS)[number]);
  const number = known >= 0 ? known : /^[0-7]$/.test(value) ? Number(value) : -1;
  if (number < 0) at.warn(`Failed to parse log level, ignoring: ${value}`);
  return number < 0 ? undefined : number;
};
const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp 12 13 14 15 local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );
const facility: Reader<number> = (value, at) => {
  const known = FACILITIES.indexOf(value);
  if (known < 0) at.warn(`Failed to parse log facility, ignoring: ${value}`);
  return known < 0 ? undefined : known;
};

function capabilities(initial: bigint): Reader<bigint> {
  return (value, at, before) => {
    const { set, unknown } = parseCapabilities(value, before, initial);
    for (const word of unknown) at.warn(`Failed to parse capability '${word}', ignoring.`);
    return set;
  };
}

const limits = Object.fromEntries(
  (Object.keys(RLIMITS) as RlimitName[]).map((name) => [name, directive<Rlimit | null>(rlimit(name), null, 'spawn')]),
) as unknown as Readonly<Record<RlimitName, Directive<Rlimit | null>>>;

export const EXEC_TABLE = {
  WorkingDirectory: directive<WorkingDirectory>(workingDirectory, { path: '', missingOk: false }, 'spawn'),
  RootDirectory: directive(path, '', 'sandbox'),
  RootImage: ignoredText,
  RootImageOptions: ignored,
  RootImagePolicy: ignoredText,
  MountImagePolicy: ignoredText,
  ExtensionImagePolicy: ignoredText,
  RootHash: ignoredText,
  RootHashSignature: ignoredText,
  RootVerity: ignoredText,
  RootEphemeral: ignoredFlag,
  ExtensionDirectories: ignored,
  ExtensionImages: ignored,
  MountImages: ignored,
  User: directive(userName, '', 'credentials'),
  Group: directive(userName, '', 'credentials'),
  SupplementaryGroups: directive<readonly string[]>(userNames, NONE, 'credentials'),
  SetLoginEnvironment: directive<boolean | null>(tristate, null, 'environment'),
  DynamicUser: directive(boolean, false, 'credentials'),
  RemoveIPC: ignoredFlag,
  Nice: directive(
    ranged(-20, 19, 0, {
      range: 'Nice priority out of range',
      syntax: "Failed to parse nice priority '%', ignoring: Invalid argument",
    }),
    0,
    'spawn',
  ),
  /** null: left as PID 1 has it. */
  OOMScoreAdjust: directive<number | null>(
    (value, at, before) =>
      value === ''
        ? null
        : ranged(-1000, 1000, 0, {
            range: 'OOM score adjust value out of range',
            syntax: "Failed to parse the OOM score adjust value '%', ignoring: Invalid argument",
          })(value, at, before ?? 0),
    null,
    'spawn',
  ),
  CoredumpFilter: ignoredText,
  IOSchedulingClass: directive<'none' | 'realtime' | 'best-effort' | 'idle'>(
    oneOf(['none', 'realtime', 'best-effort', 'idle'], 'Failed to parse IO scheduling class', {
      '0': 'none',
      '1': 'realtime',
      '2': 'best-effort',
      '3': 'idle',
      '': 'best-effort',
    }),
    'best-effort',
    'spawn',
  ),
  IOSchedulingPriority: directive(
    ranged(0, 7, 4, { range: 'Failed to parse IO priority', syntax: 'Failed to parse IO priority, ignoring: %' }),
    4,
    'spawn',
  ),
  CPUSchedulingPolicy: directive<'other' | 'batch' | 'idle' | 'fifo' | 'rr'>(
    oneOf(['other', 'batch', 'idle', 'fifo', 'rr'], 'Failed to parse CPU scheduling policy', { '': 'other' }),
    'other',
    'spawn',
  ),
  CPUSchedulingPriority: directive(
    ranged(0, 99, 0, {
      range: 'CPU scheduling priority is out of range',
      syntax: 'Failed to parse CPU scheduling priority, ignoring: %',
    }),
    0,
    'spawn',
  ),
  CPUSchedulingResetOnFork: directive(boolean, false, 'spawn'),
  CPUAffinity: directive(text, '', 'spawn'),
  NUMAPolicy: ignoredText,
  NUMAMask: ignoredText,
  TimerSlackNSec: ignoredText,
  UMask: directive(mode, 0o022, 'spawn'),
  Environment: directive<readonly string[]>(environment, NONE, 'environment'),
  EnvironmentFile: directive<readonly string[]>(environmentFiles, NONE, 'environment'),
  PassEnvironment: directive<readonly string[]>(environmentNames, NONE, 'environment'),
  UnsetEnvironment: directive<readonly string[]>(unsetNames, NONE, 'environment'),
  StandardInput: directive<Stdio>(input, { kind: 'null', target: '' }, 'stdio'),
  StandardOutput: directive<Stdio>(output, { kind: 'inherit', target: '' }, 'stdio'),
  StandardError: directive<Stdio>(output, { kind: 'inherit', target: '' }, 'stdio'),
  StandardInputText: directive(inputText, '', 'stdio'),
  StandardInputData: directive(
    (value, _at, before) => (value === '' ? '' : before + value.replace(/\s+/g, '')),
    '',
    'stdio',
  ),
  TTYPath: directive(path, '', 'stdio'),
  TTYReset: directive(boolean, false, 'stdio'),
  TTYVHangup: directive(boolean, false, 'stdio'),
  TTYVTDisallocate: ignoredFlag,
  TTYRows: ignoredText,
  TTYColumns: ignoredText,
  SyslogIdentifier: directive(text, '', 'journal'),
  SyslogFacility: directive(facility, 3, 'journal'),
  SyslogLevel: directive(level, 6, 'journal'),
  SyslogLevelPrefix: directive(boolean, true, 'journal'),
  /** -1 when unset. */
  LogLevelMax: directive(level, -1, 'journal'),
  LogRateLimitIntervalSec: directive(seconds, 0, 'journal'),
  LogRateLimitBurst: directive(unsigned, 0, 'journal'),
  LogExtraFields: strings,
  LogFilterPatterns: strings,
  LogNamespace: ignoredText,
  SecureBits: ignored,
  CapabilityBoundingSet: directive<bigint>(capabilities(CAPABILITIES_ALL), CAPABILITIES_ALL, 'capabilities'),
  AmbientCapabilities: directive<bigint>(capabilities(0n), 0n, 'capabilities'),
  NoNewPrivileges: directive(boolean, false, 'capabilities'),
  KeyringMode: directive(oneOf(['inherit', 'private', 'shared'], 'Failed to parse keyring mode'), 'private', null),
  ProtectProc: directive(
    oneOf(['default', 'noaccess', 'invisible', 'ptraceable'], 'Failed to parse /proc/ protection mode'),
    'default',
    null,
  ),
  ProcSubset: directive(oneOf(['all', 'pid'], 'Failed to parse /proc/ subset mode'), 'all', null),
  SystemCallFilter: ignored,
  SystemCallArchitectures: ignored,
  SystemCallErrorNumber: ignoredText,
  SystemCallLog: ignored,
  MemoryDenyWriteExecute: ignoredFlag,
  RestrictNamespaces: ignoredText,
  RestrictRealtime: ignoredFlag,
  RestrictSUIDSGID: ignoredFlag,
  RestrictAddressFamilies: ignored,
  RestrictFileSystems: ignored,
  LockPersonality: ignoredFlag,
  ...limits,
  ReadWritePaths: paths,
  ReadOnlyPaths: paths,
  InaccessiblePaths: paths,
  ExecPaths: directive<readonly string[]>(namespacePaths, NONE, null),
  NoExecPaths: directive<readonly string[]>(namespacePaths, NONE, null),
  ExecSearchPath: directive<readonly string[]>(
    list((word, at) => resolved(word, at), { rules: { unquote: true, escapes: 'strict', separators: /:+/y } }),
    NONE,
    'spawn',
  ),
  BindPaths: directive<readonly Bind[]>(binds, [], 'sandbox'),
  BindReadOnlyPaths: directive<readonly Bind[]>(binds, [], 'sandbox'),
  TemporaryFileSystem: directive<readonly TemporaryFileSystem[]>(temporaryFileSystems, [], 'sandbox'),
  PrivateTmp: flag,
  PrivateDevices: flag,
  ProtectKernelTunables: flag,
  ProtectKernelModules: flag,
  ProtectKernelLogs: flag,
  ProtectClock: flag,
  ProtectControlGroups: flag,
  PrivateNetwork: flag,
  PrivateUsers: ignoredFlag,
  PrivateMounts: directive<boolean | null>(tristate, null, 'sandbox'),
  PrivateIPC: flag,
  ProtectHostname: flag,
  ProtectSystem: directive(booleanOr(['full', 'strict'], 'Failed to parse protect system value'), 'no', 'sandbox'),
  ProtectHome: directive(booleanOr(['read-only', 'tmpfs'], 'Failed to parse protect home value'), 'no', 'sandbox'),
  NetworkNamespacePath: ignoredText,
  IPCNamespacePath: ignoredText,
  MountFlags: ignoredText,
  MountAPIVFS: directive<boolean | null>(tristate, null, 'sandbox'),
  Personality: ignoredText,
  MemoryKSM: directive<boolean | null>(tristate, null, null),
  RuntimeDirectoryPreserve: directive(
    oneOf(['no', 'yes', 'restart'], 'Failed to parse resource preserve mode'),
    'no',
    'directories',
  ),
  RuntimeDirectory: ownDirectories,
  RuntimeDirectoryMode: directoryMode,
  StateDirectory: ownDirectories,
  StateDirectoryMode: directoryMode,
  CacheDirectory: ownDirectories,
  CacheDirectoryMode: directoryMode,
  LogsDirectory: ownDirectories,
  LogsDirectoryMode: directoryMode,
  ConfigurationDirectory: ownDirectories,
  ConfigurationDirectoryMode: directoryMode,
  SetCredential: credentials(setCredential, true),
  SetCredentialEncrypted: credentials(loadCredential, false),
  LoadCredential: credentials(loadCredential, true),
  LoadCredentialEncrypted: credentials(loadCredential, false),
  ImportCredential: ignored,
  TimeoutCleanSec: directive(seconds, Number.POSITIVE_INFINITY as number, null),
  PAMName: ignoredText,
  IgnoreSIGPIPE: directive(boolean, true, 'spawn'),
  UtmpIdentifier: ignoredText,
  UtmpMode: ignoredText,
  SELinuxContext: ignoredText,
  AppArmorProfile: ignoredText,
  SmackProcessLabel: ignoredText,
} as const;

export type ExecSettings = SettingsOf<typeof EXEC_TABLE>;
