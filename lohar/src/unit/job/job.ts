/** A queued wish about one unit. */

import type { Unit } from '../graph/unit.ts';
import type { JobResult, JobState, JobType } from '../model.ts';

export class Job {
  readonly id: number;
  readonly unit: Unit;
  type: JobType;
  state: JobState = 'waiting';
  /** May not be replaced by a contradicting job: shutdown. */
  irreversible = false;
  /** Does not wait for others. */
  ignoreOrder = false;
  /** `Starting ...` was said. */
  announced = false;
  /** ms by the monotonic clock; 0 = not yet. */
  queuedAtMs = 0;
  runningSinceMs = 0;
  /** Variables that tell the unit's processes what started it: TRIGGER_UNIT= and the like. */
  activation: readonly string[] = [];
  /** Called once, when the job has ended. */
  readonly listeners: ((job: Job, result: JobResult) => void)[] = [];

  constructor(id: number, unit: Unit, type: JobType) {
    this.id = id;
    this.unit = unit;
    this.type = type;
  }
}
