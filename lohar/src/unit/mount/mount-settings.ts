/** [Mount], [Automount] and [Swap] as they were read. Facts: systemd.mount(5), systemd.automount(5), systemd.swap(5). */
import type { OwnSettings } from '../directive/own-section.ts';
import { USEC_PER_SEC, type Usec } from '../value/time-span.ts';

export interface MountSettings extends OwnSettings {
  readonly What: string;
  /** '' until the unit is complete. */
  readonly Where: string;
  readonly Type: string;
  readonly Options: string;
  readonly DirectoryMode: number;
  readonly SloppyOptions: boolean;
  readonly LazyUnmount: boolean;
  readonly ForceUnmount: boolean;
  readonly ReadWriteOnly: boolean;
  readonly TimeoutSec: Usec;
}

export interface AutomountSettings extends OwnSettings {
  readonly Where: string;
  /** Of the mount, while nothing is mounted. */
  readonly ExtraOptions: string;
  readonly DirectoryMode: number;
  /** Infinite: it stays mounted. */
  readonly TimeoutIdleSec: Usec;
}

export interface SwapSettings extends OwnSettings {
  readonly What: string;
  /** null: the kernel chooses. */
  readonly Priority: number | null;
  readonly Options: string;
  readonly TimeoutSec: Usec;
}

const TIMEOUT: Usec = 90 * USEC_PER_SEC;
/** One place may be mounted over many times. */
export const UNMOUNTS_MAX = 32;

export const MOUNT_INITIAL: MountSettings = {
  ...{ What: '', Where: '', Type: '', Options: '', DirectoryMode: 0o755, SloppyOptions: false, ignored: [] },
  ...{ LazyUnmount: false, ForceUnmount: false, ReadWriteOnly: false, TimeoutSec: TIMEOUT },
};
export const AUTOMOUNT_INITIAL: AutomountSettings = {
  ...{ Where: '', ExtraOptions: '', DirectoryMode: 0o755, TimeoutIdleSec: Number.POSITIVE_INFINITY, ignored: [] },
};
export const SWAP_INITIAL: SwapSettings = { What: '', Priority: null, Options: '', TimeoutSec: TIMEOUT, ignored: [] };
