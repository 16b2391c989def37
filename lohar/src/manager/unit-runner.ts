/** What runs a unit that is not a service: timers, sockets, paths. One object a unit that was ever touched. */
import type { Loop, Sys } from '@bhatti/runtime/sys.ts';
import type { Stamp, Unit } from '../unit/graph/unit.ts';
import type { Attempt } from '../unit/job/queue.ts';
import type { ActiveState, BusError, Priority, UnitResult } from '../unit/model.ts';
import type { OwnFacts } from '../unit/show/own-facts.ts';

export interface UnitRunner {
  readonly result: UnitResult;
  readonly facts: OwnFacts;
  start(): Attempt;
  /** @returns 'begun' or, when something is to be waited for, 'on-it' */
  stop(): Attempt;
  /** A unit that this one starts has changed its state. */
  triggered(other: Unit): void;
  /** Its files were read anew. */
  reloaded(): void;
  resetFailed(): void;
  /** What the next image of PID 1 needs, as JSON. */
  keep(): unknown;
  /** Goes on where the image before this one was; after all units are known again. */
  resume(): void;
  /** The unit leaves memory. */
  dispose(): void;
}

/** What a runner may do. */
export interface UnitRunnerPort {
  readonly sys: Sys;
  readonly loop: Loop;
  now(): Stamp;
  /** When PID 1 first began, by the monotonic clock. */
  readonly startupUsec: number;
  log(unit: Unit, priority: Priority, text: string): void;
  setState(unit: Unit, sub: string, active: ActiveState): void;
  /** Queues the start of a unit. @param why variables for its processes */
  trigger(unit: Unit, why: readonly string[]): BusError | null;
  keep(unit: Unit): void;
  /** 32 hex digits. */
  newId(): string;
  machineId(): string;
}
