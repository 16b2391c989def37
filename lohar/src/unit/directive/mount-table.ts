/** The directives of [Mount], [Automount] and [Swap]. Facts: systemd.mount(5), systemd.automount(5), systemd.swap(5). */
import {
  AUTOMOUNT_INITIAL,
  type AutomountSettings,
  MOUNT_INITIAL,
  type MountSettings,
  SWAP_INITIAL,
  type SwapSettings,
} from '../mount/mount-settings.ts';
import { boolean, mode, path, text, timeout } from './basic-readers.ts';
import type { Reader } from './directive.ts';
import { type OwnRow, ownRow } from './own-section.ts';

/** swapon(2): 15 bits. */
const PRIORITY_MAX = 32_767;

const priority: Reader<number | null> = (value, at) => {
  if (value === '') return null;
  const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= -1 && number <= PRIORITY_MAX) return number;
  const why = Number.isNaN(number) ? 'Invalid swap priority' : 'Swap priority out of range';
  at.warn(`${why}, ignoring: ${value}`);
  return undefined;
};

/** @returns null for a key that [Mount] does not have */
export function mountDirective(key: string): OwnRow<MountSettings> | null {
  switch (key) {
    case 'Where':
      return ownRow(MOUNT_INITIAL, key, path, 'mount');
    case 'What':
    case 'Type':
    case 'Options':
      return ownRow(MOUNT_INITIAL, key, text, 'mount');
    case 'DirectoryMode':
      return ownRow(MOUNT_INITIAL, key, mode, 'mount');
    case 'SloppyOptions':
    case 'LazyUnmount':
    case 'ForceUnmount':
    case 'ReadWriteOnly':
      return ownRow(MOUNT_INITIAL, key, boolean, 'mount');
    case 'TimeoutSec':
      return ownRow(MOUNT_INITIAL, key, timeout, 'mount');
    default:
      return null;
  }
}

/** @returns null for a key that [Automount] does not have */
export function automountDirective(key: string): OwnRow<AutomountSettings> | null {
  switch (key) {
    case 'Where':
      return ownRow(AUTOMOUNT_INITIAL, key, path, 'mount');
    case 'ExtraOptions':
      return ownRow(AUTOMOUNT_INITIAL, key, text, 'mount');
    case 'DirectoryMode':
      return ownRow(AUTOMOUNT_INITIAL, key, mode, 'mount');
    case 'TimeoutIdleSec':
      return ownRow(AUTOMOUNT_INITIAL, key, timeout, 'mount');
    default:
      return null;
  }
}

/** @returns null for a key that [Swap] does not have */
export function swapDirective(key: string): OwnRow<SwapSettings> | null {
  switch (key) {
    case 'What':
      return ownRow(SWAP_INITIAL, key, path, 'mount');
    case 'Options':
      return ownRow(SWAP_INITIAL, key, text, 'mount');
    case 'Priority':
      return ownRow(SWAP_INITIAL, key, priority, 'mount');
    case 'TimeoutSec':
      return ownRow(SWAP_INITIAL, key, timeout, 'mount');
    default:
      return null;
  }
}
