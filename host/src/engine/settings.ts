/** What the daemon decides for the engine; paths are absolute. */
import type { Accelerator } from '../ports/engine.ts';
import type { PoolLimits } from './pool/demand.ts';

export interface EngineSettings {
  /** Folder of VMs, templates and the network; the engine's alone, made when missing. */
  readonly folder: string;
  /** The keeper program. */
  readonly keeper: string;
  /** QEMU's system emulator. */
  readonly qemu: string;
  /** Programs of the network; without one of them sandboxes have none. */
  readonly network: NetworkPrograms | null;
  /** IPv4 ranges that sandboxes may reach although they are private. */
  readonly allowedRanges: readonly string[];
  /** Uids that VMs run as when the daemon is root; null: they run as the daemon. */
  readonly uids: { readonly first: number; readonly count: number } | null;
  /** Absent: the first that boots of kvm, hvf, tcg. */
  readonly accelerator?: Accelerator;
  /** Clones that are prepared ahead; absent: none. */
  readonly pool?: PoolLimits;
  /** From power-on to a guest whose units are active. */
  readonly bootTimeoutMs: number;
  /** From a loaded state to the guest's answer. */
  readonly forkTimeoutMs: number;
}

export interface NetworkPrograms {
  readonly slirp4netns: string;
  readonly nft: string;
  readonly ip: string;
  readonly unshare: string;
}

/**
 * systemd leaves 1879048192..2147352575 to nobody (UIDS-GIDS.md): no user, container or service has one of these.
 */
export const UIDS_DEFAULT = { first: 1_900_000_000, count: 65_536 } as const;
export const BOOT_TIMEOUT_MS = 180_000;
export const FORK_TIMEOUT_MS = 20_000;
/** Bytes of serial console that are kept of one VM. */
export const CONSOLE_LIMIT = 1024 * 1024;
