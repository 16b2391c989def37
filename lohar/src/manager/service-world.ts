/** What the service manager asks of processes and cgroups. The real one is linux-world.ts, the fake lies beside this file. */
import type { Unit } from '../unit/graph/unit.ts';
import type { CommandRef, ServiceState } from '../unit/service/state.ts';

export type KillHow = 'terminate' | 'restart' | 'kill' | 'watchdog';

export type Launched =
  | { readonly ok: true; readonly pid: number; readonly executed: true }
  /** A step before or at exec failed: the process has ended with this status, and nobody else will say so. */
  | {
      readonly ok: true;
      readonly pid: number;
      readonly executed: false;
      readonly status: number;
      readonly why: string | null;
    }
  /** There is no process at all. */
  | { readonly ok: false; readonly why: string };

export type PidFileContent = { readonly pid: number; readonly alien: boolean } | { readonly wrong: string };

export interface ServiceWorld {
  /** A run begins: the cgroup is there, with its limits. */
  begin(unit: Unit): void;
  launch(unit: Unit, role: 'main' | 'control', command: CommandRef, state: ServiceState): Launched;
  /** Signals as KillMode= says. @returns true when something was there that will end */
  kill(unit: Unit, how: KillHow, state: ServiceState): boolean;
  /** A process that is gone is no error. */
  signal(pid: number, signal: number): void;
  /** null: it cannot be told. */
  populated(unit: Unit): boolean | null;
  alive(pid: number): boolean;
  isAlien(pid: number): boolean;
  owner(pid: number, unit: Unit): 'own' | 'other' | 'none';
  readPidFile(unit: Unit, during: string): PidFileContent;
  /** Calls once the file may have changed. @returns stops it */
  watchPidFile(unit: Unit, changed: () => void): () => void;
  /** The only process left, or 0. */
  guessMain(unit: Unit, state: ServiceState): number;
  /** Says which of its processes run on. */
  tellLeftOver(unit: Unit): void;
  /** A run is over: what existed only for it goes. */
  release(unit: Unit, restarting: boolean): void;
  /** Removes the cgroup if nothing is in it. @returns CPU time that was used in it, in microseconds; 0 if nobody knows */
  prune(unit: Unit): number;
  /** New limits for a cgroup that is there. */
  applyLimits(unit: Unit): void;
  /** A slice comes or goes. */
  makeSlice(unit: Unit): void;
  /** The file of a transient unit goes with it. */
  removeFile(unit: Unit): void;
  /** Its frozen processes go on, so that they hear the signals of a stop. */
  thaw(unit: Unit): void;
}
