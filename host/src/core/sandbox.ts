/**
 * A sandbox as the daemon knows it. `wanted` says what the last request asked for, `state` what is so, `reason` why.
 * Together the first two are the journal of operations: a state ending in "-ing" that is found at a daemon's start
 * belongs to an operation that was cut off, and recovery.ts says how it ends.
 *
 *   create: creating -> running          (fails: nothing is left)
 *   stop:   running  -> stopping -> stopped
 *   start:  stopped | crashed -> starting -> running   (fails: stopped)
 *   pause:  running  -> warm             (its processors stand still, its memory is kept; any request resumes it)
 *   resume: warm     -> running
 *   save:   warm     -> cold             (its memory is on disk; any request resumes it)
 *   load:   cold     -> running
 *   guest:  running | warm -> stopped | crashed
 *   destroy: any     -> destroying -> (nothing)
 */
import type { Mebibytes } from '@bhatti/wire/units.ts';
import type { VmReport, VmState, WakeReport } from '../ports/engine.ts';
import type { ThermalChoice } from './thermal.ts';

export type SandboxState =
  | 'creating'
  | 'starting'
  | 'running'
  | 'warm'
  | 'cold'
  | 'stopping'
  | 'stopped'
  | 'crashed'
  | 'destroying';
/** True while it has a machine, whose processors may stand still. */
export const isUp = (state: SandboxState): boolean => state === 'running' || state === 'warm';
/** True while any request lets it go on where it was. */
export const isAside = (state: SandboxState): boolean => state === 'warm' || state === 'cold';
/** True while what ran in it goes on, now or at the next request. */
export const isLive = (state: SandboxState): boolean => isUp(state) || isAside(state);
/** What a sandbox is called when its machine is in this state. */
export const stateOf = (vm: VmState): SandboxState => (vm === 'paused' ? 'warm' : vm);
export type WantedState = 'running' | 'stopped' | 'destroyed';

export interface Sandbox {
  /** 16 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly cpus: number;
  readonly memoryMib: Mebibytes;
  readonly diskMib: Mebibytes;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Shell script that runs as the session `init` after each boot. */
  readonly init?: string;
  readonly wanted: WantedState;
  readonly state: SandboxState;
  readonly reason?: string;
  /** How the last create or start went. */
  readonly report?: VmReport;
  /** How it was woken last. */
  readonly wake?: WakeReport;
  /** When it is set aside, where that is not what the daemon's settings say. */
  readonly thermal: ThermalChoice;
  /** When the next timer unit of its guest comes due, ms since 1970: known of one that is set aside. */
  readonly dueMs?: number;
  readonly createdMs: number;
  readonly changedMs: number;
}

/** What a list tells of each: reports of how it came up are long, and there may be many sandboxes. */
export type ListedSandbox = Omit<Sandbox, 'env' | 'init' | 'report' | 'wake' | 'thermal' | 'dueMs'>;

export function listed({ env, init, report, wake, thermal, dueMs, ...rest }: Sandbox): ListedSandbox {
  return rest;
}

export interface SandboxChange {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly wanted?: WantedState;
  readonly state?: SandboxState;
  /** Null takes the reason away. */
  readonly reason?: string | null;
  readonly report?: VmReport;
  readonly wake?: WakeReport;
  readonly thermal?: ThermalChoice;
  /** Null: none. */
  readonly dueMs?: number | null;
}
