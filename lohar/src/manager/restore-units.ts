/** Units, jobs and services as the image of PID 1 before this one left them. */
import type { Pid, Sys, WaitStatus } from '@bhatti/runtime/sys.ts';
import type { Kept } from '../kept/kept.ts';
import { startOf } from '../process-stat.ts';
import { readText } from '../read-text.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { Pending } from '../unit/service/state.ts';
import { SIGKILL } from '../unit/value/signal.ts';
import { cgroupOf } from './cgroup-path.ts';
import type { ServiceRunner } from './service-runner.ts';
import { JOB_KEY, UNIT_KEY } from './unit-keeper.ts';
import type { UnitManager } from './unit-manager.ts';
import { readJob, readUnit, type UnitRecord } from './unit-record.ts';

export interface RestorePort {
  readonly sys: Sys;
  readonly kept: Kept;
  readonly manager: UnitManager;
  /** Watches the cgroup of a unit again. */
  watch(unit: Unit): void;
  isEmpty(unit: Unit): boolean;
  readonly exits: readonly WaitStatus[];
  failed(what: string, error: unknown): void;
}

const CHILDREN_SIZE_MAX = 1024 * 1024;
const PROC_FILE_MAX = 4096;
/** Of starttime in /proc/PID/stat. */
const TICK_MS = 10;

/** @returns how many units are known again */
export function restoreUnits(port: RestorePort): number {
  const { kept, manager } = port;
  const restored: (readonly [Unit, UnitRecord])[] = [];
  const each = (name: string, run: () => void): void => {
    try {
      run();
    } catch (error) {
      port.failed(name, error); // one that is lost must not cost the others
    }
  };
  for (const [name, text] of kept.take(UNIT_KEY))
    each(name, () => {
      const record = readUnit(text);
      restored.push([manager.adopt(name, record), record]);
    });
  const jobs = [...kept.take(JOB_KEY)].map(([id, text]) => [Number(id), text] as const).sort(([a], [b]) => a - b);
  for (const [id, text] of jobs) each(`job ${id}`, () => manager.adoptJob(id, readJob(text)));
  for (const [unit, record] of restored) each(unit.id, () => resume(port, unit, record));
  return restored.length;
}

function resume(port: RestorePort, unit: Unit, record: UnitRecord): void {
  port.manager.others.peek(unit)?.resume();
  const runner = port.manager.services.get(unit);
  if (runner === undefined) return;
  if (!unit.isDown) port.watch(unit);
  runner.resume(spawnedMeanwhile(port, unit, runner, record.atMs));
  for (const pid of [runner.state.mainPid, runner.state.controlPid]) if (pid !== 0) sendLost(port, runner, pid);
  if (!unit.isDown && port.isEmpty(unit)) runner.send({ is: 'cgroup-empty' });
}

/** An end that nobody told of: noted meanwhile, or unknown. */
function sendLost({ exits, manager, sys }: RestorePort, runner: ServiceRunner, pid: Pid): void {
  const noted = exits.find((status) => status.pid === pid);
  if (noted !== undefined) manager.childEnded(noted);
  else if (isGone(sys, pid)) runner.send({ is: 'exited', pid, code: 'killed', status: SIGKILL });
}

/** True when the kernel has not even its end to tell. */
function isGone(sys: Sys, pid: Pid): boolean {
  return sys.attempt('kill', pid, 0) < 0;
}

/** The process that was asked for just before the end, when it has come to be; else 0. */
function spawnedMeanwhile(port: RestorePort, unit: Unit, runner: ServiceRunner, atMs: number): Pid {
  const pending: Pending | null = runner.state.pending;
  if (pending?.for !== 'spawn') return 0;
  const { sys } = port;
  const own = cgroupOf(unit.config);
  const known = [runner.state.mainPid, runner.state.controlPid];
  const found = childrenOf(sys).filter(
    (pid) => !known.includes(pid) && startedMs(sys, pid) >= atMs - 2 * TICK_MS && cgroupPath(sys, pid) === own,
  );
  return found[0] ?? 0;
}

/** Of PID 1, the dead ones included. */
function childrenOf(sys: Sys): Pid[] {
  return readText(sys, '/proc/1/task/1/children', CHILDREN_SIZE_MAX).split(' ').filter(Boolean).map(Number);
}

function startedMs(sys: Sys, pid: Pid): number {
  const stat = readText(sys, `/proc/${pid}/stat`, PROC_FILE_MAX);
  return (startOf(stat) ?? 0) * TICK_MS;
}

function cgroupPath(sys: Sys, pid: Pid): string {
  const path = /^0::(.*)$/m.exec(readText(sys, `/proc/${pid}/cgroup`, PROC_FILE_MAX))?.[1] ?? '';
  return path.replace(/ \(deleted\)$/, '');
}
