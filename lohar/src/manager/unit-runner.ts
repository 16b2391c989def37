/** What runs a unit that is not a service: timers, sockets, paths. One object a unit that was ever touched. */
import type { Fd, Loop, Sys, WaitStatus } from '@bhatti/runtime/sys.ts';
import type { ConditionWorld } from '../unit/condition/evaluate.ts';
import type { Stamp, Unit } from '../unit/graph/unit.ts';
import type { Attempt } from '../unit/job/queue.ts';
import type { ActiveState, BusError, DependencyKind, Priority, UnitResult } from '../unit/model.ts';
import type { OwnFacts } from '../unit/show/own-facts.ts';
import type { Accounts } from './accounts.ts';
import type { MountTable } from './mount/mount-table.ts';
import type { ServiceWorld } from './service-world.ts';

/** What a service gets from the sockets that start it. */
export interface Passed {
  readonly fds: readonly { readonly name: string; readonly fd: Fd }[];
  readonly environment: readonly string[];
}

export interface UnitRunner {
  readonly result: UnitResult;
  readonly facts: OwnFacts;
  start(): Attempt;
  /** It is down, and fails without being started. */
  refuse?(result: UnitResult): void;
  stop(): Attempt;
  reload?(): Attempt;
  /** What the kernel has mounted may have changed. */
  kernelChanged?(): void;
  /** A unit that this one starts has changed its state. */
  triggered(other: Unit): void;
  /** A process that this one began has ended. */
  exited?(status: WaitStatus): void;
  /** Nobody is left in its control group. */
  cgroupEmpty?(): void;
  /** Descriptors that a unit gets from this one when it starts. */
  passedTo?(unit: Unit): Passed | null;
  /** The machine stood still for so long. */
  slept?(usec: number): void;
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
  /** @param reloaded false: a reload that the unit was asked for has failed */
  setState(unit: Unit, sub: string, active: ActiveState, reloaded?: boolean): void;
  /** Its files are read anew. */
  loadAgain(unit: Unit): void;
  /** Queues the start of a unit. @param why variables for its processes */
  trigger(unit: Unit, why: readonly string[]): BusError | null;
  keep(unit: Unit): void;
  /** 32 hex digits. */
  newId(): string;
  readonly world: ServiceWorld;
  readonly accounts: Accounts;
  readonly mounts: MountTable;
  readonly conditions: ConditionWorld;
  /** Loaded if need be. */
  unitOf(name: string): Unit;
  /** A relation that no file names. */
  link(from: Unit, kind: DependencyKind, to: Unit): void;
  pidsChanged(unit: Unit, before: readonly number[], now: readonly number[]): void;
  /** Descriptors that outlive this image of PID 1. */
  holdOpen(fd: Fd): void;
  letGo(fd: Fd): void;
  isInherited(fd: Fd): boolean;
  machineId(): string;
}
