/** What clients see of a timer, socket or path besides its settings. */
import type { Stamp } from '../graph/unit.ts';

export type OwnFacts = TimerFacts | SocketFacts | PathFacts | ScopeFacts;

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
