/**
 * What bhatti asks of a hypervisor. One implementation (engine/qemu), one fake beside this file.
 *
 *   (nothing) --create--> running --stop--> stopped --start--> running
 *                            ^ |
 *                            | +--pause--> paused --resume--> running
 *                            |                +--save--> cold --load--> running
 *                            |  fork: another running VM beside it
 *                            |  guest powers off: stopped        |
 *                            |  guest panics, VMM dies: crashed  |
 *                            +--------------destroy--------------+--> (nothing)
 *
 * The engine keeps one folder a VM; what it needs after a daemon's death it finds there again (`adopt`).
 */
import type { GuestHello, Request, Step } from '@bhatti/wire/messages.ts';
import type { Mebibytes } from '@bhatti/wire/units.ts';
import type { Agent } from './agent.ts';

export type Accelerator = 'kvm' | 'hvf' | 'tcg';
export type VmState = 'running' | 'paused' | 'cold' | 'stopped' | 'crashed';

export interface VmShape {
  /** Absolute path of the raw ext4 image; never written. */
  readonly image: string;
  /** Absolute path of the vmlinux it boots. */
  readonly kernel: string;
  readonly cpus: number;
  readonly memoryMib: Mebibytes;
  /** Command lines that were said to come first: forks begin with them behind them. */
  readonly rehearsal?: readonly string[];
}

export interface VmSpec extends VmShape {
  readonly id: string;
  readonly hostname: string;
  /** Size of the root disk; at least the image's. */
  readonly diskMib: Mebibytes;
  readonly env: Readonly<Record<string, string>>;
  /** Boot from power-on although a template could be forked. */
  readonly cold: boolean;
  /** Only shows its disk: nothing is written there, no unit starts, there is no network. Goes with `start`. */
  readonly bare?: boolean;
}

/** What happened between the request and the first answer, for `inspect`. */
export interface VmReport {
  readonly from: 'pool' | 'template' | 'fork' | 'cold';
  readonly accelerator: Accelerator;
  readonly hello: GuestHello;
  readonly prepared: readonly Step[];
  /** Stage -> ms: 'overlay', 'spawn', 'load', 'hello', 'prepare' ... */
  readonly timings: Readonly<Record<string, number>>;
}

/** How a VM that stood still was woken. */
export interface WakeReport {
  readonly from: 'warm' | 'cold';
  readonly atMs: number;
  /** How long it stood still. */
  readonly sleptMs: number;
  /** What was done to make its guest right. */
  readonly steps: readonly Step[];
  readonly timings: Readonly<Record<string, number>>;
}

export interface VmStatus {
  readonly id: string;
  readonly state: VmState;
  /** Why it is not running: 'guest powered off', 'kernel panic', 'QEMU died: ...'. */
  readonly reason?: string;
  readonly pid?: number;
  /** What is wrong with PID 1 of a guest that runs, as it says itself. */
  readonly trouble?: string;
}

/** How forks of a VM came up. */
export interface Forked {
  /** How long that VM stood still. */
  readonly pausedMs: number;
  /** In the order of what was asked for. */
  readonly reports: readonly VmReport[];
}

/** Who a snapshot is, and what the caller wants to know of it later: JSON. */
export interface SnapshotAs {
  readonly id: string;
  readonly told: unknown;
}

export interface VmSnapshot extends SnapshotAs {
  readonly createdMs: number;
  /** How long its VM stood still for it, ms. */
  readonly pausedMs: number;
  /** Free when it goes. */
  readonly diskBytes: number;
}

/** A clone that was prepared ahead and waits to become a sandbox. */
export interface PreparedClone extends VmShape {
  /** Memory that is its own. */
  readonly residentMib: number;
}

/** Something that no VM uses, and what is free without it. */
export interface Prunable {
  readonly what: 'clone' | 'template' | 'network';
  readonly folder: string;
  readonly diskBytes: number;
  readonly memoryBytes: number;
}

/** Told while something longer than two seconds goes on. */
export interface Progress {
  /** `fraction` 0..1 where it is known. */
  step(label: string, fraction?: number): void;
}

/** Progress that nobody watches. */
export const UNWATCHED: Progress = { step: () => undefined };

export interface Engine {
  /** @throws BhattiError; whatever was begun is undone before it throws, also when the signal aborts. */
  create(spec: VmSpec, progress: Progress, signal: AbortSignal): Promise<VmReport>;
  /**
   * Makes VMs that go on where a VM that runs is now, each with an identity of its own; that one goes on.
   * @throws BhattiError; then none of them is there, and `from` is as it was
   */
  fork(from: VmSpec, specs: readonly VmSpec[], progress: Progress, signal: AbortSignal): Promise<Forked>;
  /**
   * Keeps memory and disk of a VM that runs as they are now, in a folder of their own; it goes on.
   * @returns how long the VM stood still, ms
   * @throws BhattiError host.disk-full | engine.failed ...; then there is no snapshot, and the VM is as it was
   */
  snapshot(of: VmSpec, as: SnapshotAs, progress: Progress): Promise<void>;
  /** Oldest first. */
  snapshots(): Promise<readonly VmSnapshot[]>;
  /** What was made of it stays. @throws BhattiError snapshot.not-found */
  removeSnapshot(id: string): Promise<void>;
  /** Makes VMs that go on where a snapshot was taken, each with an identity of its own. @throws BhattiError; then none is there */
  forkSnapshot(
    id: string,
    specs: readonly VmSpec[],
    progress: Progress,
    signal: AbortSignal,
  ): Promise<readonly VmReport[]>;
  /** Sets the VM that a snapshot was taken of back to it: it is cold then. @throws BhattiError; then it is as it was */
  restore(spec: VmSpec, id: string, progress: Progress, signal: AbortSignal): Promise<void>;
  /** Boots the disk of a stopped, crashed or cold VM again; the saved memory of a cold one is given up. */
  start(spec: VmSpec, progress: Progress, signal: AbortSignal): Promise<VmReport>;
  /** Makes a stopped VM whose disk is a copy of another's as it is now. Whoever wants it whole stops that or freezes it. */
  copy(from: string, id: string): Promise<void>;
  /** Asks the guest to power off and waits; `force` or a passed deadline kills it, and gives up what was saved of it. No error if it is not running. */
  stop(id: string, also: { force: boolean; timeoutMs: number }): Promise<void>;
  /** Stops its processors; its memory stays. No error if they stand still. @throws BhattiError sandbox.not-running ... */
  pause(id: string): Promise<void>;
  /** Lets a paused VM go on, and tells its guest what it has missed. */
  resume(id: string): Promise<WakeReport>;
  /**
   * Saves memory and devices of a paused VM to disk and ends its process.
   * @throws BhattiError engine.failed | host.disk-full; it is paused then as before
   */
  save(spec: VmSpec): Promise<void>;
  /**
   * Lets a VM that was saved go on where it was, and tells its guest what it has missed. `verify` reads all of its memory first.
   * @throws BhattiError saved.broken | saved.foreign | engine.* ...; it is cold then as before, unless it had gone on
   */
  load(spec: VmSpec, also: { verify: boolean }, progress: Progress, signal: AbortSignal): Promise<WakeReport>;
  /** True while its processors stand still. */
  isPaused(id: string): boolean;
  /** Ends the VM and removes all it left: processes, folder, disks. No error if there is nothing. */
  destroy(id: string): Promise<void>;
  /** @throws BhattiError sandbox.not-running | sandbox.crashed */
  agent(id: string): Promise<Agent>;
  status(id: string): Promise<VmStatus>;
  /** After a daemon start: finds what still runs of these and takes it over, removes folders of no known id. */
  adopt(ids: readonly string[]): Promise<readonly VmStatus[]>;
  /** Path of the serial console's log (bounded in size by the engine). */
  consolePath(id: string): string;
  /** Called for each VM that ends by itself. */
  onExit(listener: (status: VmStatus) => void): void;
  /** What waits for the next creates. */
  pool(): readonly PreparedClone[];
  /** What prune() would remove now. */
  prunable(): Promise<readonly Prunable[]>;
  /** Removes what no VM uses: prepared clones and templates, which are made again on demand, and the network when nothing runs. */
  prune(): Promise<void>;
  /** Removes the templates of an image that is about to go: they hold its blocks. */
  forgetImage(path: string): Promise<void>;
  /** Lets go of links and listeners without touching a VM. */
  close(): Promise<void>;
}
export type { Request };
