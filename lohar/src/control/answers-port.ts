/** What the answers to clients are made from. */
import type { Sys } from '@bhatti/runtime/sys.ts';
import type { JournalSink } from '../journal/sink.ts';
import type { Accounts } from '../manager/accounts.ts';
import type { Cgroups } from '../manager/cgroups.ts';
import type { DiskUnitFiles } from '../manager/disk-unit-files.ts';
import type { MachineFacts } from '../manager/machine-facts.ts';
import type { ManagerEnvironment } from '../manager/manager-environment.ts';
import type { ManagerLog } from '../manager/manager-log.ts';
import type { ServiceWorld } from '../manager/service-world.ts';
import type { SystemPhase } from '../manager/system-state.ts';
import type { UnitFileFacts } from '../manager/unit-file-facts.ts';
import type { UnitManager } from '../manager/unit-manager.ts';
import type { Stamp, Unit } from '../unit/graph/unit.ts';
import type { PresetState, UnitFileState } from '../unit/model.ts';

export interface AnswersPort {
  readonly manager: UnitManager;
  readonly cgroups: Cgroups;
  readonly environment: ManagerEnvironment;
  readonly facts: MachineFacts;
  readonly files: DiskUnitFiles;
  readonly journal: JournalSink;
  readonly log: ManagerLog;
  readonly phase: SystemPhase;
  readonly sys: Sys;
  readonly world: ServiceWorld;
  readonly accounts: Accounts;
  readonly unitFiles: UnitFileFacts;
  /** When PID 1 began, ms since 1970. */
  readonly startedMs: number;
  now(): Stamp;
  needsReload(unit: Unit): boolean;
  unitOfProcess(pid: number): Unit | null;
  fileState(unit: Unit): { readonly state: UnitFileState; readonly preset: PresetState };
  /** daemon-reload: generators, then every unit anew. */
  reload(done: () => void): void;
  /** daemon-reexec: PID 1 executes itself anew. */
  again(): void;
  power(action: 'poweroff' | 'reboot', force: 0 | 1 | 2): void;
}
