/** A unit as the manager holds it: what its files say, how it relates to others, and what it is doing. Data only. */

import type { Job } from '../job/job.ts';
import type { LoadedUnit } from '../load/load-unit.ts';
import { TRANSIENT } from '../load/search-path.ts';
import type { ActiveState, DependencyKind } from '../model.ts';
import { ROOT_MOUNT } from '../name.ts';
import { unescapePath } from '../name-escape.ts';

/** A moment by both clocks, in microseconds; zeros: never. */
export interface Stamp {
  readonly realtimeUsec: number;
  readonly monotonicUsec: number;
}
export const NEVER: Stamp = { realtimeUsec: 0, monotonicUsec: 0 };

export interface Stamps {
  stateChange: Stamp;
  inactiveExit: Stamp;
  activeEnter: Stamp;
  activeExit: Stamp;
  inactiveEnter: Stamp;
  condition: Stamp;
  assert: Stamp;
}

export class Unit {
  config: LoadedUnit;
  readonly edges = new Map<DependencyKind, Set<Unit>>();
  active: ActiveState = 'inactive';
  sub = 'dead';
  /** The one job of this unit, and apart from it a job that does nothing but wait. */
  job: Job | null = null;
  nopJob: Job | null = null;
  readonly stamps: Stamps = {
    stateChange: NEVER,
    inactiveExit: NEVER,
    activeEnter: NEVER,
    activeExit: NEVER,
    inactiveEnter: NEVER,
    condition: NEVER,
    assert: NEVER,
  };
  conditionResult = false;
  assertResult = false;
  /** Conditions and asserts of the last test that did not hold. */
  unmet: readonly string[] = [];
  /** 32 hex digits of the current or last run. */
  invocationId = '';
  /** Starts within the limit's interval, ms by the monotonic clock. */
  startTimes: readonly number[] = [];
  /** Of the job that started it. */
  activation: readonly string[] = [];
  /** Its last start was one too many. */
  startLimitHit = false;
  /** Who is at the other end of the connection that it was started for. */
  peer = '';
  /** Of systemd-run --pipe: what its processes read and write, instead of what the settings say. */
  readonly streams: number[] = [];
  /** Processes that a scope takes in when it starts. */
  readonly joining: number[] = [];
  /** Of the last run, noted before its cgroup went. */
  lastMemory: { readonly memoryPeak?: number; readonly swapPeak?: number } = {};
  frozen = false;
  /** CPU time of the last run, noted before its cgroup went. */
  lastCpuNsec = 0;

  constructor(config: LoadedUnit) {
    this.config = config;
  }

  get id(): string {
    return this.config.id;
  }

  /** Made by systemd-run and the like. */
  get transient(): boolean {
    return this.config.fragment.startsWith(`${TRANSIENT}/`);
  }

  /** `NAME - DESCRIPTION`, or the name alone. */
  get description(): string {
    const { Description } = this.config.settings;
    if (this.peer !== '') return `${Description || this.id} (${this.peer})`;
    if (Description !== '' || this.config.type !== 'slice' || this.id === '-.slice') return Description || this.id;
    return `Slice ${unescapePath(this.id.slice(0, -'.slice'.length))}`;
  }

  get title(): string {
    return this.description === this.id ? this.id : `${this.id} - ${this.description}`;
  }

  /** Units that no job may stop. */
  get perpetual(): boolean {
    return ['-.slice', 'init.scope', 'system.slice', ROOT_MOUNT].includes(this.id);
  }

  /** Those over the given relations, each once. */
  *related(kinds: readonly DependencyKind[]): IterableIterator<Unit> {
    if (kinds.length === 1) {
      const only = this.edges.get(kinds[0] as DependencyKind);
      if (only !== undefined) yield* only;
      return;
    }
    const seen = new Set<Unit>();
    for (const kind of kinds)
      for (const other of this.edges.get(kind) ?? [])
        if (!seen.has(other)) {
          seen.add(other);
          yield other;
        }
  }

  has(kind: DependencyKind, other: Unit): boolean {
    return this.edges.get(kind)?.has(other) === true;
  }

  get isUp(): boolean {
    return this.active === 'active' || this.active === 'reloading' || this.active === 'refreshing';
  }

  get isDown(): boolean {
    return this.active === 'inactive' || this.active === 'failed';
  }

  get isUpOrComing(): boolean {
    return this.isUp || this.active === 'activating';
  }

  /** Does `reload` mean anything here? */
  get canReload(): boolean {
    const { settings, type } = this.config;
    if ((this.edges.get('PropagatesReloadTo')?.size ?? 0) > 0) return true;
    if (type === 'mount') return this.sub === 'mounted';
    return type === 'service' && (settings.ExecReload.length > 0 || settings.Type === 'notify-reload');
  }
}
