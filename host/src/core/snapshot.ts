/** A sandbox at one instant, kept on disk: memory, disk and what it was made of. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { sandboxName, shown } from './name.ts';
import type { Sandbox } from './sandbox.ts';

/** What a sandbox made of a snapshot is like. */
export type SandboxShape = Pick<
  Sandbox,
  'image' | 'cpus' | 'memoryMib' | 'diskMib' | 'env' | 'labels' | 'init' | 'thermal'
>;

export interface Snapshot {
  /** 16 hex digits. */
  readonly id: string;
  /** A DNS label, its sandbox's alone. */
  readonly name: string;
  /** Of the sandbox, which may be gone. */
  readonly sandboxId: string;
  readonly sandboxName: string;
  readonly shape: SandboxShape;
  readonly createdMs: number;
  /** How long the sandbox stood still for it, ms. */
  readonly pausedMs: number;
  /** Free when it goes. */
  readonly diskBytes: number;
}

/** How people name it: SANDBOX/NAME. */
export const referenceOf = ({ sandboxName: sandbox, name }: Snapshot): string => `${sandbox}/${name}`;

export function shapeOf({ image, cpus, memoryMib, diskMib, env, labels, init, thermal }: Sandbox): SandboxShape {
  return { image, cpus, memoryMib, diskMib, env, labels, thermal, ...(init === undefined ? {} : { init }) };
}

/**
 * The snapshot that somebody means: SANDBOX/NAME, its id, or SANDBOX for its latest.
 * @throws BhattiError snapshot.not-found
 */
export function findIn(snapshots: readonly Snapshot[], reference: string): Snapshot {
  const found =
    snapshots.find((one) => referenceOf(one) === reference || one.id === reference) ??
    snapshots.findLast((one) => one.sandboxName === reference);
  if (found !== undefined) return found;
  throw new BhattiError('snapshot.not-found', `cannot find the snapshot ${shown(reference)}`, {
    remedy: 'bhatti snapshot list shows them as SANDBOX/NAME',
  });
}

/**
 * The name of a new snapshot: as asked for, else with the lowest number that is free.
 * @throws BhattiError name.invalid | name.taken
 */
export function snapshotName(sandbox: string, asked: string | undefined, all: readonly Snapshot[]): string {
  const taken = new Set(all.filter((one) => one.sandboxName === sandbox).map(({ name }) => name));
  if (asked === undefined) {
    for (let number = 1; ; number += 1) if (!taken.has(`snapshot-${number}`)) return `snapshot-${number}`;
  }
  if (!taken.has(sandboxName(asked))) return asked;
  throw new BhattiError('name.taken', `cannot name a snapshot ${sandbox}/${asked}: there is one of that name`, {
    remedy: `bhatti snapshot delete ${sandbox}/${asked}, or choose another name`,
  });
}
