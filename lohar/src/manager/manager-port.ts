/** What the manager's core asks of the rest of PID 1. */
import type { Loop, Sys } from '@bhatti/runtime/sys.ts';
import type { Kept } from '../kept/kept.ts';
import type { ConditionWorld } from '../unit/condition/evaluate.ts';
import type { Action } from '../unit/directive/unit-readers.ts';
import type { Stamp, Unit } from '../unit/graph/unit.ts';
import type { Sources } from '../unit/load/load-unit.ts';
import type { Accounts } from './accounts.ts';
import type { ManagerLog } from './manager-log.ts';
import type { MountTable } from './mount/mount-table.ts';
import type { ServiceWorld } from './service-world.ts';

export interface ManagerPort {
  readonly world: ServiceWorld;
  readonly loop: Loop;
  readonly log: ManagerLog;
  readonly conditions: ConditionWorld;
  now(): Stamp;
  /** 32 hex digits. */
  newId(): string;
  sources(): Sources;
  /** StartLimitAction=, FailureAction= and the like. */
  act(action: Action, unit: Unit, why: string): void;
  /** When PID 1 first began, by the monotonic clock. */
  readonly startupUsec: number;
  readonly sys: Sys;
  readonly accounts: Accounts;
  readonly mounts: MountTable;
  machineId(): string;
  readonly kept: Kept;
}
