/** Resource control of services and slices. Facts: systemd.resource-control(5). */
import { boolean, oneOf, rawWords, seconds, text } from './basic-readers.ts';
import { cpuQuota, type Delegation, delegate, type MemoryAmount, memory, tasksMax, weight } from './cgroup-readers.ts';
import { directive, type SettingsOf } from './directive.ts';

const NONE: readonly string[] = [];
const NEVER: number = Number.POSITIVE_INFINITY;
/** DefaultTasksMax=15% of what the system allows. */
const DEFAULT_TASKS_MAX: MemoryAmount = { share: 1500 };

const upper = directive<MemoryAmount>(memory('upper'), NEVER, 'cgroup');
const swap = directive<MemoryAmount>(memory('swap'), NEVER, 'cgroup');
const lower = directive<MemoryAmount>(memory('lower'), 0, 'cgroup');
const upperIgnored = directive<MemoryAmount>(memory('upper'), NEVER, null);
const lowerIgnored = directive<MemoryAmount>(memory('lower'), 0, null);
const ignored = directive<readonly string[]>(rawWords, NONE, null);
const cpuWeight = weight('Invalid CPU weight');
const ioWeight = weight('Invalid weight');
const accounting = directive(boolean, true, 'cgroup');
const oomMode = directive(oneOf(['auto', 'kill'], 'Invalid syntax'), 'auto', null);

export const CGROUP_TABLE = {
  Slice: directive(text, '', 'cgroup'),
  CPUAccounting: accounting,
  CPUWeight: directive<number | 'idle' | null>(cpuWeight, null, 'cgroup'),
  StartupCPUWeight: directive<number | 'idle' | null>(cpuWeight, null, null),
  CPUShares: ignored,
  StartupCPUShares: ignored,
  CPUQuota: directive(cpuQuota, NEVER, 'cgroup'),
  CPUQuotaPeriodSec: directive(seconds, NEVER, 'cgroup'),
  AllowedCPUs: directive(text, '', 'cgroup'),
  StartupAllowedCPUs: ignored,
  AllowedMemoryNodes: directive(text, '', 'cgroup'),
  StartupAllowedMemoryNodes: ignored,
  MemoryAccounting: accounting,
  MemoryMin: lower,
  DefaultMemoryMin: lowerIgnored,
  DefaultMemoryLow: lowerIgnored,
  DefaultStartupMemoryLow: lowerIgnored,
  MemoryLow: lower,
  StartupMemoryLow: lowerIgnored,
  MemoryHigh: upper,
  StartupMemoryHigh: upperIgnored,
  MemoryMax: upper,
  StartupMemoryMax: upperIgnored,
  MemorySwapMax: swap,
  StartupMemorySwapMax: upperIgnored,
  MemoryZSwapMax: swap,
  StartupMemoryZSwapMax: upperIgnored,
  /** Old name of MemoryMax=, kept apart because `show` does. */
  MemoryLimit: upper,
  DeviceAllow: ignored,
  DevicePolicy: directive(oneOf(['auto', 'closed', 'strict'], 'Failed to parse device policy'), 'auto', null),
  IOAccounting: directive(boolean, false, 'cgroup'),
  IOWeight: directive<number | 'idle' | null>(ioWeight, null, 'cgroup'),
  StartupIOWeight: directive<number | 'idle' | null>(ioWeight, null, null),
  IODeviceWeight: ignored,
  IOReadBandwidthMax: ignored,
  IOWriteBandwidthMax: ignored,
  IOReadIOPSMax: ignored,
  IOWriteIOPSMax: ignored,
  IODeviceLatencyTargetSec: ignored,
  BlockIOAccounting: directive(boolean, false, null),
  BlockIOWeight: ignored,
  StartupBlockIOWeight: ignored,
  BlockIODeviceWeight: ignored,
  BlockIOReadBandwidth: ignored,
  BlockIOWriteBandwidth: ignored,
  TasksAccounting: accounting,
  TasksMax: directive<MemoryAmount>(tasksMax(DEFAULT_TASKS_MAX), DEFAULT_TASKS_MAX, 'cgroup'),
  Delegate: directive<Delegation>(delegate, { on: false, controllers: [] }, 'cgroup'),
  DelegateSubgroup: directive(text, '', null),
  DisableControllers: ignored,
  IPAccounting: directive(boolean, false, null),
  IPAddressAllow: ignored,
  IPAddressDeny: ignored,
  IPIngressFilterPath: ignored,
  IPEgressFilterPath: ignored,
  ManagedOOMSwap: oomMode,
  ManagedOOMMemoryPressure: oomMode,
  ManagedOOMMemoryPressureLimit: directive(text, '', null),
  ManagedOOMPreference: directive(
    oneOf(['none', 'avoid', 'omit'], 'Failed to parse ManagedOOMPreference='),
    'none',
    null,
  ),
  BPFProgram: ignored,
  SocketBindAllow: ignored,
  SocketBindDeny: ignored,
  RestrictNetworkInterfaces: ignored,
  MemoryPressureThresholdSec: directive(seconds, 200_000, 'environment'),
  MemoryPressureWatch: directive(
    oneOf(['no', 'off', 'auto', 'on', 'yes', 'skip'], 'Failed to parse memory pressure watch setting'),
    'auto',
    'environment',
  ),
  NFTSet: ignored,
  CoredumpReceive: directive(boolean, false, null),
} as const;

export type CgroupSettings = SettingsOf<typeof CGROUP_TABLE>;
