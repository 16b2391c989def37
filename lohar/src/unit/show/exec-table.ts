/** Properties of the execution environment, in systemd's order. */
import type { Credential, OwnDirectory } from '../directive/exec-readers.ts';
import { formatCapabilities } from '../value/capability.ts';
import type { RlimitName } from '../value/rlimit.ts';
import type { Show, ShowFacts, ShowTable } from './facts.ts';
import {
  constant,
  flag,
  infinite,
  list,
  number,
  octal,
  of,
  optionalFlag,
  plainList,
  span,
  word,
  written,
} from './format.ts';

const SHOWN_LIMITS: readonly RlimitName[] = [
  'LimitCPU',
  'LimitFSIZE',
  'LimitDATA',
  'LimitSTACK',
  'LimitCORE',
  'LimitRSS',
  'LimitNOFILE',
  'LimitAS',
  'LimitNPROC',
  'LimitMEMLOCK',
  'LimitLOCKS',
  'LimitSIGPENDING',
  'LimitMSGQUEUE',
  'LimitNICE',
  'LimitRTPRIO',
  'LimitRTTIME',
];

const limits = SHOWN_LIMITS.flatMap((name): [string, Show][] => [
  [name, of(name, ({ settings, rlimits }) => infinite((settings[name] ?? rlimits[name]).hard))],
  [`${name}Soft`, of(name, ({ settings, rlimits }) => infinite((settings[name] ?? rlimits[name]).soft))],
]);

const CLASSES = { none: '0', realtime: '1', 'best-effort': '2', idle: '3' } as const;
const POLICIES = { other: '0', fifo: '1', rr: '2', batch: '3', idle: '5' } as const;

const stdio = (name: 'StandardInput' | 'StandardOutput' | 'StandardError'): Show =>
  of(name, ({ settings }) => settings[name].kind);
const fdName = (name: 'StandardInput' | 'StandardOutput' | 'StandardError'): Show =>
  of(name, ({ settings }) => (settings[name].kind === 'fd' ? settings[name].target : ''));

type DirectoryName =
  | 'RuntimeDirectory'
  | 'StateDirectory'
  | 'CacheDirectory'
  | 'LogsDirectory'
  | 'ConfigurationDirectory';
const directories = (name: DirectoryName): Show =>
  of(name, ({ settings }) => settings[name].map((one: OwnDirectory) => one.path).join(' '));
const symlinks = (name: DirectoryName): Show =>
  of(name, ({ settings }) =>
    settings[name]
      .filter((one) => one.link !== '')
      .map((one) => `${one.path}:${one.link}`)
      .join(' '),
  );
const credentials = (
  name: 'SetCredential' | 'LoadCredential' | 'SetCredentialEncrypted' | 'LoadCredentialEncrypted',
): Show => of(name, ({ settings }) => settings[name].map((one: Credential) => `${one.name}:${one.value}`));
const binds = (name: 'BindPaths' | 'BindReadOnlyPaths'): Show =>
  of(name, ({ settings }) =>
    settings[name]
      .map(
        (one) => `${one.missingOk ? '-' : ''}${one.source}:${one.destination}:${one.recursive ? 'rbind' : 'norbind'}`,
      )
      .join(' '),
  );

/** systemd 255's for images of services. */
const IMAGE_POLICY = ['root', 'usr', 'home', 'srv', 'tmp', 'var']
  .map((part) => `${part}=${part === 'root' || part === 'usr' ? 'verity+signed+' : ''}encrypted+unprotected+absent`)
  .join(':');

export const EXEC_SHOW: ShowTable = [
  ['Environment', list('Environment')],
  ['EnvironmentFiles', of('EnvironmentFile', environmentFiles)],
  ['PassEnvironment', list('PassEnvironment')],
  ['UnsetEnvironment', list('UnsetEnvironment')],
  ['UMask', octal('UMask')],
  ...limits,
  [
    'WorkingDirectory',
    ({ settings }) => (settings.WorkingDirectory.missingOk ? '!' : '') + settings.WorkingDirectory.path,
  ],
  ['RootDirectory', word('RootDirectory')],
  ['RootImage', word('RootImage')],
  ['RootImageOptions', list('RootImageOptions')],
  ['RootHash', word('RootHash')],
  ['RootHashPath', constant('')],
  ['RootHashSignature', word('RootHashSignature')],
  ['RootHashSignaturePath', constant('')],
  ['RootVerity', word('RootVerity')],
  ['RootEphemeral', flag('RootEphemeral')],
  ['ExtensionDirectories', list('ExtensionDirectories')],
  ['ExtensionImages', list('ExtensionImages')],
  ['MountImages', list('MountImages')],
  ['OOMScoreAdjust', of('OOMScoreAdjust', ({ settings }) => String(settings.OOMScoreAdjust ?? 0))],
  ['CoredumpFilter', written('CoredumpFilter', '0x33')],
  ['Nice', number('Nice')],
  ['IOSchedulingClass', of('IOSchedulingClass', ({ settings }) => CLASSES[settings.IOSchedulingClass])],
  ['IOSchedulingPriority', number('IOSchedulingPriority')],
  ['CPUSchedulingPolicy', of('CPUSchedulingPolicy', ({ settings }) => POLICIES[settings.CPUSchedulingPolicy])],
  ['CPUSchedulingPriority', number('CPUSchedulingPriority')],
  ['CPUAffinity', word('CPUAffinity')],
  ['CPUAffinityFromNUMA', constant('no')],
  ['NUMAPolicy', written('NUMAPolicy', 'n/a')],
  ['NUMAMask', word('NUMAMask')],
  ['TimerSlackNSec', written('TimerSlackNSec', '50000')],
  ['CPUSchedulingResetOnFork', flag('CPUSchedulingResetOnFork')],
  ['NonBlocking', flag('NonBlocking')],
  ['StandardInput', stdio('StandardInput')],
  ['StandardInputFileDescriptorName', fdName('StandardInput')],
  ['StandardInputData', of('StandardInputData', ({ settings }) => settings.StandardInputData)],
  ['StandardOutput', stdio('StandardOutput')],
  ['StandardOutputFileDescriptorName', fdName('StandardOutput')],
  ['StandardError', stdio('StandardError')],
  ['StandardErrorFileDescriptorName', fdName('StandardError')],
  ['TTYPath', word('TTYPath')],
  ['TTYReset', flag('TTYReset')],
  ['TTYVHangup', flag('TTYVHangup')],
  ['TTYVTDisallocate', flag('TTYVTDisallocate')],
  ['TTYRows', word('TTYRows')],
  ['TTYColumns', word('TTYColumns')],
  ['SyslogPriority', ({ settings }) => String(settings.SyslogFacility * 8 + settings.SyslogLevel)],
  ['SyslogIdentifier', word('SyslogIdentifier')],
  ['SyslogLevelPrefix', flag('SyslogLevelPrefix')],
  ['SyslogLevel', number('SyslogLevel')],
  ['SyslogFacility', number('SyslogFacility')],
  ['LogLevelMax', number('LogLevelMax')],
  ['LogRateLimitIntervalUSec', span('LogRateLimitIntervalSec')],
  ['LogRateLimitBurst', number('LogRateLimitBurst')],
  ['LogExtraFields', list('LogExtraFields')],
  ['LogFilterPatterns', list('LogFilterPatterns')],
  ['LogNamespace', word('LogNamespace')],
  ['SecureBits', of('SecureBits', ({ settings }) => settings.SecureBits.join(' ') || '0')],
  [
    'CapabilityBoundingSet',
    of('CapabilityBoundingSet', ({ settings }) => formatCapabilities(settings.CapabilityBoundingSet)),
  ],
  [
    'AmbientCapabilities',
    of('AmbientCapabilities', ({ settings }) => formatCapabilities(settings.AmbientCapabilities)),
  ],
  ['User', word('User')],
  ['Group', word('Group')],
  ['DynamicUser', flag('DynamicUser')],
  ['SetLoginEnvironment', optionalFlag('SetLoginEnvironment', false)],
  ['RemoveIPC', flag('RemoveIPC')],
  ['SetCredential', credentials('SetCredential')],
  ['SetCredentialEncrypted', credentials('SetCredentialEncrypted')],
  ['LoadCredential', credentials('LoadCredential')],
  ['LoadCredentialEncrypted', credentials('LoadCredentialEncrypted')],
  ['ImportCredential', list('ImportCredential')],
  ['SupplementaryGroups', list('SupplementaryGroups')],
  ['PAMName', word('PAMName')],
  ['ReadWritePaths', plainList('ReadWritePaths')],
  ['ReadOnlyPaths', plainList('ReadOnlyPaths')],
  ['InaccessiblePaths', plainList('InaccessiblePaths')],
  ['ExecPaths', plainList('ExecPaths')],
  ['NoExecPaths', plainList('NoExecPaths')],
  ['ExecSearchPath', plainList('ExecSearchPath')],
  ['MountFlags', word('MountFlags')],
  ['PrivateTmp', flag('PrivateTmp')],
  ['PrivateDevices', flag('PrivateDevices')],
  ['ProtectClock', flag('ProtectClock')],
  ['ProtectKernelTunables', flag('ProtectKernelTunables')],
  ['ProtectKernelModules', flag('ProtectKernelModules')],
  ['ProtectKernelLogs', flag('ProtectKernelLogs')],
  ['ProtectControlGroups', flag('ProtectControlGroups')],
  ['PrivateNetwork', flag('PrivateNetwork')],
  ['PrivateUsers', flag('PrivateUsers')],
  ['PrivateMounts', optionalFlag('PrivateMounts', false)],
  ['PrivateIPC', flag('PrivateIPC')],
  ['ProtectHome', word('ProtectHome')],
  ['ProtectSystem', word('ProtectSystem')],
  ['SameProcessGroup', constant('no')],
  ['UtmpIdentifier', word('UtmpIdentifier')],
  ['UtmpMode', written('UtmpMode', 'init')],
  ['SELinuxContext', word('SELinuxContext')],
  ['AppArmorProfile', word('AppArmorProfile')],
  ['SmackProcessLabel', word('SmackProcessLabel')],
  ['IgnoreSIGPIPE', flag('IgnoreSIGPIPE')],
  ['NoNewPrivileges', flag('NoNewPrivileges')],
  ['SystemCallFilter', plainList('SystemCallFilter')],
  ['SystemCallArchitectures', plainList('SystemCallArchitectures')],
  ['SystemCallErrorNumber', written('SystemCallErrorNumber', '2147483646')],
  ['SystemCallLog', plainList('SystemCallLog')],
  ['Personality', word('Personality')],
  ['LockPersonality', flag('LockPersonality')],
  ['RestrictAddressFamilies', plainList('RestrictAddressFamilies')],
  ['RuntimeDirectorySymlink', symlinks('RuntimeDirectory')],
  ['RuntimeDirectoryPreserve', word('RuntimeDirectoryPreserve')],
  ['RuntimeDirectoryMode', octal('RuntimeDirectoryMode')],
  ['RuntimeDirectory', directories('RuntimeDirectory')],
  ['StateDirectorySymlink', symlinks('StateDirectory')],
  ['StateDirectoryMode', octal('StateDirectoryMode')],
  ['StateDirectory', directories('StateDirectory')],
  ['CacheDirectorySymlink', symlinks('CacheDirectory')],
  ['CacheDirectoryMode', octal('CacheDirectoryMode')],
  ['CacheDirectory', directories('CacheDirectory')],
  ['LogsDirectorySymlink', symlinks('LogsDirectory')],
  ['LogsDirectoryMode', octal('LogsDirectoryMode')],
  ['LogsDirectory', directories('LogsDirectory')],
  ['ConfigurationDirectoryMode', octal('ConfigurationDirectoryMode')],
  ['ConfigurationDirectory', directories('ConfigurationDirectory')],
  ['TimeoutCleanUSec', span('TimeoutCleanSec')],
  ['MemoryDenyWriteExecute', flag('MemoryDenyWriteExecute')],
  ['RestrictRealtime', flag('RestrictRealtime')],
  ['RestrictSUIDSGID', flag('RestrictSUIDSGID')],
  ['RestrictNamespaces', written('RestrictNamespaces', 'no')],
  ['RestrictFileSystems', plainList('RestrictFileSystems')],
  ['BindPaths', binds('BindPaths')],
  ['BindReadOnlyPaths', binds('BindReadOnlyPaths')],
  [
    'TemporaryFileSystem',
    ({ settings }) => settings.TemporaryFileSystem.map((one) => `${one.path}:${one.options}`).join(' '),
  ],
  ['MountAPIVFS', optionalFlag('MountAPIVFS', false)],
  ['KeyringMode', word('KeyringMode')],
  ['ProtectProc', word('ProtectProc')],
  ['ProcSubset', word('ProcSubset')],
  ['ProtectHostname', flag('ProtectHostname')],
  ['MemoryKSM', optionalFlag('MemoryKSM', false)],
  ['NetworkNamespacePath', word('NetworkNamespacePath')],
  ['IPCNamespacePath', word('IPCNamespacePath')],
  ['RootImagePolicy', written('RootImagePolicy', IMAGE_POLICY)],
  ['MountImagePolicy', written('MountImagePolicy', IMAGE_POLICY)],
  [
    'ExtensionImagePolicy',
    written(
      'ExtensionImagePolicy',
      'root=verity+signed+encrypted+unprotected+absent:usr=verity+signed+encrypted+unprotected+absent',
    ),
  ],
];

function environmentFiles({ settings }: ShowFacts): string[] {
  return settings.EnvironmentFile.map((file) => {
    const optional = file.startsWith('-');
    return `${optional ? file.slice(1) : file} (ignore_errors=${optional ? 'yes' : 'no'})`;
  });
}
