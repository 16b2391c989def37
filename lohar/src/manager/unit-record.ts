/** A unit and a job as text, for the next image of PID 1. Pure. */
import type { Stamps, Unit } from '../unit/graph/unit.ts';
import type { Job } from '../unit/job/job.ts';
import type { ActiveState, JobState, JobType } from '../unit/model.ts';
import type { ServiceState } from '../unit/service/state.ts';
import type { StartWindow } from './start-limit.ts';

/** JSON has no infinity; no moment is negative. */
const NEVER_ENDS = -1;
const ENDLESS = ['watchdogUsec', 'reloadBeganUsec', 'timeoutAtUsec'] as const;

export interface UnitRecord {
  readonly active: ActiveState;
  readonly sub: string;
  readonly stamps: Stamps;
  readonly conditionResult: boolean;
  readonly assertResult: boolean;
  readonly unmet: readonly string[];
  readonly invocationId: string;
  readonly lastCpuNsec: number;
  readonly starts: StartWindow | null;
  /** Of services that were ever touched. */
  readonly service: ServiceState | null;
  /** Of a timer, socket or path. */
  readonly own: unknown;
  /** Variables that tell the processes why the unit was started. */
  readonly activation: readonly string[];
  /** When this was written, ms by the monotonic clock. */
  readonly atMs: number;
}

export function writeUnit(
  unit: Unit,
  { service, own, starts }: Pick<UnitRecord, 'service' | 'own' | 'starts'>,
  atMs: number,
): string {
  const { active, sub, stamps, conditionResult, assertResult, unmet, invocationId, lastCpuNsec } = unit;
  const finite = service === null ? null : { ...service, ...mapEndless(service, Number.POSITIVE_INFINITY, NEVER_ENDS) };
  const record: UnitRecord = {
    ...{ active, sub, stamps, conditionResult, assertResult, unmet, invocationId, lastCpuNsec, starts },
    ...{ service: finite, own, activation: unit.activation, atMs },
  };
  return JSON.stringify(record);
}

export function readUnit(text: string): UnitRecord {
  const record = JSON.parse(text) as UnitRecord;
  const { service } = record;
  if (service === null) return record;
  return { ...record, service: { ...service, ...mapEndless(service, NEVER_ENDS, Number.POSITIVE_INFINITY) } };
}

function mapEndless(service: ServiceState, from: number, to: number): Partial<ServiceState> {
  return Object.fromEntries(ENDLESS.filter((key) => service[key] === from).map((key) => [key, to]));
}

export interface JobRecord {
  readonly unit: string;
  readonly type: JobType;
  readonly state: JobState;
  readonly irreversible: boolean;
  readonly ignoreOrder: boolean;
  readonly queuedAtMs: number;
  readonly runningSinceMs: number;
  readonly activation: readonly string[];
}

export function writeJob(job: Job): string {
  const { unit, type, state, irreversible, ignoreOrder, queuedAtMs, runningSinceMs, activation } = job;
  const record: JobRecord = {
    ...{ unit: unit.id, type, state, irreversible, ignoreOrder, queuedAtMs, runningSinceMs, activation },
  };
  return JSON.stringify(record);
}

export const readJob = (text: string): JobRecord => JSON.parse(text) as JobRecord;
