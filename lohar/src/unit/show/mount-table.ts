/** Properties of mounts, automounts and swaps, in systemd's order. */
import type { AutomountSettings, MountSettings, SwapSettings } from '../mount/mount-settings.ts';
import { formatBoolean, formatMode } from '../value/scalar.ts';
import { formatTimeSpan } from '../value/time-span.ts';
import type { Show, ShowFacts, ShowTable } from './facts.ts';
import { constant } from './format.ts';
import { type MountFacts, mountedAs } from './own-facts.ts';

const mount = (show: (settings: MountSettings) => string): Show => {
  return ({ settings }) => (settings.Mount === null ? '' : show(settings.Mount));
};
const automount = (show: (settings: AutomountSettings) => string): Show => {
  return ({ settings }) => (settings.Automount === null ? '' : show(settings.Automount));
};
const swap = (show: (settings: SwapSettings) => string): Show => {
  return ({ settings }) => (settings.Swap === null ? '' : show(settings.Swap));
};

const kernel = ({ own }: ShowFacts): MountFacts['kernel'] => mountedAs(own);
const controlPid: Show = ({ own }) => String(own !== null && 'controlPid' in own ? own.controlPid : 0);
const ids: ShowTable = [
  ['UID', constant('[not set]')],
  ['GID', constant('[not set]')],
];

export const MOUNT_SHOW: ShowTable = [
  ['Where', mount(({ Where }) => Where)],
  ['What', (facts) => kernel(facts)?.what ?? facts.settings.Mount?.What ?? ''],
  ['Options', (facts) => kernel(facts)?.options ?? facts.settings.Mount?.Options ?? ''],
  ['Type', (facts) => kernel(facts)?.type ?? facts.settings.Mount?.Type ?? ''],
  ['TimeoutUSec', mount(({ TimeoutSec }) => formatTimeSpan(TimeoutSec))],
  ['ControlPID', controlPid],
  ['DirectoryMode', mount(({ DirectoryMode }) => formatMode(DirectoryMode))],
  ['SloppyOptions', mount(({ SloppyOptions }) => formatBoolean(SloppyOptions))],
  ['LazyUnmount', mount(({ LazyUnmount }) => formatBoolean(LazyUnmount))],
  ['ForceUnmount', mount(({ ForceUnmount }) => formatBoolean(ForceUnmount))],
  ['ReadWriteOnly', mount(({ ReadWriteOnly }) => formatBoolean(ReadWriteOnly))],
  ['Result', ({ ownResult }) => ownResult],
  ...ids,
];

export const AUTOMOUNT_SHOW: ShowTable = [
  ['Where', automount(({ Where }) => Where)],
  ['ExtraOptions', automount(({ ExtraOptions }) => ExtraOptions)],
  ['DirectoryMode', automount(({ DirectoryMode }) => formatMode(DirectoryMode))],
  ['Result', ({ ownResult }) => ownResult],
  ['TimeoutIdleUSec', automount(({ TimeoutIdleSec }) => formatTimeSpan(TimeoutIdleSec))],
];

export const SWAP_SHOW: ShowTable = [
  ['What', swap(({ What }) => What)],
  [
    'Priority',
    ({ settings, own }) => String((own?.type === 'swap' ? own.priority : null) ?? settings.Swap?.Priority ?? -1),
  ],
  ['Options', swap(({ Options }) => Options)],
  ['TimeoutUSec', swap(({ TimeoutSec }) => formatTimeSpan(TimeoutSec))],
  ['ControlPID', controlPid],
  ['Result', ({ ownResult }) => ownResult],
  ...ids,
];
