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

/** Of a name that nobody chose. */
const NUMBERED = /^snapshot-(\d+)$/;
const numberOf = ({ name }: Snapshot): number => Number(NUMBERED.exec(name)?.[1] ?? 0);

/** Those of a sandbox whose names nobody chose, oldest first, but the latest `keep` of them. @param all oldest first */
export function superseded(sandboxId: string, keep: number, all: readonly Snapshot[]): readonly Snapshot[] {
  const numbered = all.filter((one) => one.sandboxId === sandboxId && numberOf(one) > 0);
  return numbered.slice(0, Math.max(0, numbered.length - keep));
}

/**
 * The name of a new snapshot: as asked for, else with the number after the highest.
 * @throws BhattiError name.invalid | name.taken
 */
export function snapshotName(sandbox: string, asked: string | undefined, all: readonly Snapshot[]): string {
  const own = all.filter((one) => one.sandboxName === sandbox);
  if (asked === undefined) return `snapshot-${Math.max(0, ...own.map(numberOf)) + 1}`;
  const name = sandboxName(asked);
  if (!own.some((one) => one.name === name)) return asked;
  throw new BhattiError('name.taken', `cannot name a snapshot ${sandbox}/${asked}: there is one of that name`, {
    remedy: `bhatti snapshot delete ${sandbox}/${asked}, or choose another name`,
  });
}
