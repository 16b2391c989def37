/** What the pool should hold, decided from what was asked for lately and what the host can spare. Pure. */

export interface PoolLimits {
  /** Clones of one shape at most; 0: no pool. */
  readonly clones: number;
  /** What all clones may hold in memory of their own. */
  readonly memoryMib: number;
}

export interface ShapeDemand {
  readonly key: string;
  /** Moments of the last creates, the latest last. */
  readonly createsMs: readonly number[];
  readonly ready: number;
  /** What one clone holds, as far as is known. */
  readonly cloneMib: number;
  /** What one may come to hold once it is a sandbox. */
  readonly fullMib: number;
}

export interface HostMemory {
  readonly availableMib: number;
  readonly totalMib: number;
}

/** Creates that come within this time of each other want a clone each. */
export const BURST_MS = 60_000;
/** A shape that nobody has asked for so long keeps no clone. */
export const IDLE_MS = 10 * 60_000;
/** What stays free for everything else, of all memory. */
const RESERVE = 0.1;

/** @returns how many clones of a shape should wait */
export function wanted({ createsMs }: Pick<ShapeDemand, 'createsMs'>, limits: PoolLimits, nowMs: number): number {
  const last = createsMs.at(-1);
  if (last === undefined || nowMs - last > IDLE_MS) return 0;
  const burst = createsMs.filter((ms) => nowMs - ms <= BURST_MS).length;
  return Math.min(limits.clones, Math.max(1, burst));
}

/** @returns key of the shape whose next clone is to be made: the one asked for last of those that lack one and fit */
export function nextToMake(
  shapes: readonly ShapeDemand[],
  limits: PoolLimits,
  memory: HostMemory,
  nowMs: number,
): string | null {
  const held = shapes.reduce((sum, { ready, cloneMib }) => sum + ready * cloneMib, 0);
  const fits = ({ cloneMib, fullMib }: ShapeDemand): boolean =>
    held + cloneMib <= limits.memoryMib && memory.availableMib - fullMib >= RESERVE * memory.totalMib;
  const lacking = shapes.filter((shape) => shape.ready < wanted(shape, limits, nowMs) && fits(shape));
  const latest = lacking.toSorted((a, b) => (b.createsMs.at(-1) ?? 0) - (a.createsMs.at(-1) ?? 0));
  return latest[0]?.key ?? null;
}

/** @returns how many clones of each shape are too many */
export function surplus(
  shapes: readonly ShapeDemand[],
  limits: PoolLimits,
  nowMs: number,
): ReadonlyMap<string, number> {
  const over = shapes.map((shape): [string, number] => [shape.key, shape.ready - wanted(shape, limits, nowMs)]);
  return new Map(over.filter(([, count]) => count > 0));
}
