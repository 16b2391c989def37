/** What follows for mounts, automounts and swaps from all their settings together. Texts: systemd 255. */
import type { Settings } from '../directive/tables.ts';
import type { Command } from '../exec/command.ts';
import { stem } from '../name.ts';
import { escapePath, pathOf } from '../name-escape.ts';
import type { Completed } from '../service/complete-service.ts';
import { USEC_PER_SEC } from '../value/time-span.ts';
import { isApiMount } from './mount-info.ts';
import {
  AUTOMOUNT_INITIAL,
  MOUNT_INITIAL,
  type MountSettings,
  SWAP_INITIAL,
  type SwapSettings,
} from './mount-settings.ts';

const DEVICE_TIMEOUT = 90 * USEC_PER_SEC;
const MOUNT = '/usr/bin/mount';
const UMOUNT = '/usr/bin/umount';
const SWAPON = '/usr/sbin/swapon';
const SWAPOFF = '/usr/sbin/swapoff';

/** They stay when another target is isolated, and what mount(8) says is kept as what services say. */
const COMMON: Partial<Settings> = { IgnoreOnIsolate: true };
const OUTPUT: Partial<Settings> = { ...COMMON, StandardOutput: { kind: 'journal', target: '' } };

function command(path: string, ...words: readonly string[]): readonly Command[] {
  return [{ path, argv: [path, ...words], ignoreFailure: false, noExpand: true, privileges: '' }];
}

/** Without the words that only say when to mount. */
function mountOptions(options: string): string {
  return options
    .split(',')
    .filter((option) => !['', 'auto', 'noauto', 'nofail'].includes(option))
    .join(',');
}

function commands(given: MountSettings): Pick<Settings, 'ExecStart' | 'ExecStop' | 'ExecReload'> {
  const { What, Where, Type, SloppyOptions, ReadWriteOnly, LazyUnmount, ForceUnmount } = given;
  const options = mountOptions(given.Options);
  const flags = [
    ...(SloppyOptions ? ['-s'] : []),
    ...(ReadWriteOnly ? ['-w'] : []),
    ...(Type === '' ? [] : ['-t', Type]),
  ];
  const remount = ['remount', ...(options === '' ? [] : [options])].join(',');
  return {
    ExecStart: command(MOUNT, What, Where, ...flags, ...(options === '' ? [] : ['-o', options])),
    ExecReload: command(MOUNT, What, Where, '-o', remount, ...flags),
    ExecStop: command(UMOUNT, Where, '-c', ...(LazyUnmount ? ['-l'] : []), ...(ForceUnmount ? ['-f'] : [])),
  };
}

export function completeMount(id: string, given: Settings): Completed {
  const read = given.Mount ?? MOUNT_INITIAL;
  const Mount = { ...read, Where: read.Where || pathOf(id) };
  const settings: Partial<Settings> = {
    ...{ Mount, Description: given.Description || Mount.Where, ...OUTPUT, ...commands(Mount) },
  };
  return { settings, refusal: mountRefusal(id, Mount), warnings: [] };
}

function mountRefusal(id: string, { What, Where }: MountSettings): string | null {
  if (What === '') return 'What= setting is missing. Refusing.';
  if (escapePath(Where) !== stem(id)) return "Where= setting doesn't match unit name. Refusing.";
  if (isApiMount(Where)) return `Cannot create mount unit for API file system ${Where}. Refusing.`;
  return null;
}

/** The root of all: there without a file, and before everything. */
export function completeRoot(given: Settings): Completed {
  const Mount = { ...MOUNT_INITIAL, ...given.Mount, Where: '/' };
  const settings: Partial<Settings> = {
    ...{ Mount, Description: given.Description || 'Root Mount', DefaultDependencies: false, Slice: '-.slice' },
    ...{ ...OUTPUT, ...commands(Mount) },
  };
  return { settings, refusal: null, warnings: [] };
}

/** Who waits for a device waits no longer than DefaultDeviceTimeoutSec=. */
export function completeDevice(given: Settings): Completed {
  const isSet = Object.hasOwn(given, 'JobRunningTimeoutSec');
  return { settings: isSet ? {} : { JobRunningTimeoutSec: DEVICE_TIMEOUT }, refusal: null, warnings: [] };
}

export function completeAutomount(id: string, given: Settings): Completed {
  const read = given.Automount ?? AUTOMOUNT_INITIAL;
  const Automount = { ...read, Where: read.Where || pathOf(id) };
  const fits = escapePath(Automount.Where) === stem(id);
  const refusal = !fits
    ? "Where= setting doesn't match unit name. Refusing."
    : Automount.Where === '/'
      ? 'Cannot have an automount unit for the root directory. Refusing.'
      : null;
  return { settings: { ...COMMON, Automount }, refusal, warnings: [] };
}

/** The priority is an option of swapon(8), too. */
function swapOptions({ Options, Priority }: SwapSettings): string {
  const given = mountOptions(Options);
  if (Priority === null || Priority < 0 || /(^|,)pri=/.test(given)) return given;
  return given === '' ? `pri=${Priority}` : `${given},pri=${Priority}`;
}

export function completeSwap(id: string, given: Settings): Completed {
  const read = given.Swap ?? SWAP_INITIAL;
  const Swap = { ...read, What: read.What || pathOf(id) };
  const options = swapOptions(Swap);
  const settings: Partial<Settings> = {
    ...{ Swap, Description: given.Description || Swap.What, ...OUTPUT },
    ExecStart: command(SWAPON, '--fixpgsz', ...(options === '' ? [] : ['-o', options]), Swap.What),
    ExecStop: command(SWAPOFF, Swap.What),
  };
  const fits = escapePath(Swap.What) === stem(id);
  return { settings, refusal: fits ? null : 'Value of What= and unit name do not match, not loading.', warnings: [] };
}
