/** What the properties of one unit are made from. */

import type { Settings } from '../directive/tables.ts';
import type { Stamp, Unit } from '../graph/unit.ts';
import type { PresetState, UnitFileState, UnitResult } from '../model.ts';
import type { ServiceState } from '../service/state.ts';
import type { Rlimit, RlimitName } from '../value/rlimit.ts';
import type { OwnFacts } from './own-facts.ts';
import type { Property } from './property.ts';

/** Numbers of the unit's cgroup; absent where there is none. */
export interface Usage {
  readonly memory?: number;
  readonly memoryPeak?: number;
  readonly swap?: number;
  readonly swapPeak?: number;
  readonly zswap?: number;
  readonly tasks?: number;
  readonly cpuNsec?: number;
  readonly cgroupId?: string;
}

export interface ShowFacts {
  readonly unit: Unit;
  readonly settings: Settings;
  readonly state: ServiceState;
  /** Of a timer, socket or path that was touched. */
  readonly own: OwnFacts | null;
  readonly ownResult: UnitResult;
  readonly usage: Usage;
  /** '' without one. */
  readonly cgroup: string;
  readonly slice: string;
  readonly fileState: UnitFileState;
  readonly preset: PresetState;
  readonly needsReload: boolean;
  /** Resolved: shares of the machine's memory and tasks. */
  readonly amounts: {
    readonly tasksMax: number;
    memory(amount: Settings['MemoryMax']): number;
    readonly memoryAvailable: number;
  };
  /** Limits that services have when nothing is set. */
  readonly rlimits: Readonly<Record<RlimitName, Rlimit>>;
  readonly ids: { readonly uid: number | null; readonly gid: number | null };
}

export interface Show {
  (facts: ShowFacts): Property['value'];
  /** The one setting that this value is made of, apart from what is the same for all units of the machine; null: of none. */
  readonly setting?: keyof Settings | null;
}
/** In the order in which `show` prints them. */
export type ShowTable = readonly (readonly [name: string, show: Show])[];

export const moment = (stamp: Stamp): Property['value'] => ({ atMs: stamp.realtimeUsec / 1000 });
