/** What clients see of a timer, socket or path besides its settings. */
import type { Stamp } from '../graph/unit.ts';

export type OwnFacts =
  | TimerFacts
  | SocketFacts
  | PathFacts
  | ScopeFacts
  | MountFacts
  | AutomountFacts
  | SwapFacts
  | DeviceFacts;

export interface DeviceFacts {
  readonly type: 'device';
}

export interface MountFacts {
  readonly type: 'mount';
  readonly controlPid: number;
  /** null: it is not mounted. */
  readonly kernel: { readonly what: string; readonly type: string; readonly options: string } | null;
}

/** What the kernel has mounted counts for more than what a file says. */
export const mountedAs = (facts: OwnFacts | null | undefined): MountFacts['kernel'] =>
  facts?.type === 'mount' ? facts.kernel : null;

export interface AutomountFacts {
  readonly type: 'automount';
}

export interface SwapFacts {
  readonly type: 'swap';
  readonly controlPid: number;
  /** null: it is not in use. */
  readonly priority: number | null;
}

export interface ScopeFacts {
  readonly type: 'scope';
}

export interface PathFacts {
  readonly type: 'path';
}

export interface SocketFacts {
  readonly type: 'socket';
  readonly accepted: number;
  readonly refused: number;
  readonly connections: number;
}

export interface TimerFacts {
  readonly type: 'timer';
  /** Zeros: it does not come. */
  readonly next: Stamp;
  readonly last: Stamp;
  /** Of each spec, by its own clock; null: it does not come. */
  readonly specs: readonly (number | null)[];
}
