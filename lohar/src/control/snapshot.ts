/** A unit as `status` wants it: facts of the manager and numbers of the kernel's cgroup. */

import { amountOf, type MachineSizes } from '../manager/cgroup-limits.ts';
import { cgroupOf, hasCgroup } from '../manager/cgroup-path.ts';
import type { Cgroups } from '../manager/cgroups.ts';
import type { MachineFacts } from '../manager/machine-facts.ts';
import type { UnitManager } from '../manager/unit-manager.ts';
import type { MemoryAmount } from '../unit/directive/cgroup-readers.ts';
import type { Stamp, Unit } from '../unit/graph/unit.ts';
import type { PresetState, UnitFileState } from '../unit/model.ts';
import type { CommandStatus } from '../unit/service/state.ts';
import { INITIAL } from '../unit/service/state.ts';
import { mountedAs, type OwnFacts } from '../unit/show/own-facts.ts';
import { formatPlace } from '../unit/socket/listen-address.ts';
import { nextElapseMs } from './next-elapse.ts';
import type { EndedCommand, UnitStatus } from './protocol.ts';

export interface SnapshotPort {
  readonly manager: UnitManager;
  readonly cgroups: Cgroups;
  readonly facts: Pick<MachineFacts, 'sizes'>;
  now(): Stamp;
  needsReload(unit: Unit): boolean;
  fileState(unit: Unit): { readonly state: UnitFileState; readonly preset: PresetState };
}

const ms = (stamp: { readonly realtimeUsec: number }): number => stamp.realtimeUsec / 1000;

export function statusOf(unit: Unit, asked: string, port: SnapshotPort): UnitStatus {
  const { config, stamps } = unit;
  const state = port.manager.services.get(unit)?.state ?? INITIAL;
  const { state: fileState, preset } = port.fileState(unit);
  const tested = (at: { readonly realtimeUsec: number }, holds: boolean): 'untested' | 'yes' | 'no' =>
    at.realtimeUsec === 0 ? 'untested' : holds ? 'yes' : 'no';
  return {
    unit: asked,
    id: unit.id,
    type: config.type,
    description: unit.description,
    documentation: config.settings.Documentation,
    load: config.load,
    ...(config.error === null ? {} : { loadError: config.error }),
    fragment: config.fragment,
    source: config.settings.SourcePath,
    dropIns: config.dropIns,
    fileState,
    preset,
    transient: unit.transient,
    needsReload: port.needsReload(unit),
    active: unit.active,
    sub: unit.sub,
    frozen: unit.frozen,
    result: port.manager.resultOf(unit),
    activeEnterMs: ms(stamps.activeEnter),
    activeExitMs: ms(stamps.activeExit),
    inactiveEnterMs: ms(stamps.inactiveEnter),
    inactiveExitMs: ms(stamps.inactiveExit),
    activeForMs: activeFor(unit),
    condition: tested(stamps.condition, unit.conditionResult),
    conditionAtMs: ms(stamps.condition),
    assert: tested(stamps.assert, unit.assertResult),
    assertAtMs: ms(stamps.assert),
    unmet: unit.unmet,
    triggers: [...unit.related(['Triggers'])].map((other) => ({ unit: other.id, active: other.active })),
    triggeredBy: [...unit.related(['TriggeredBy'])].map((other) => ({ unit: other.id, active: other.active })),
    mainPid: state.mainPid,
    controlPid: state.controlPid,
    ...(state.main.code === null ? {} : { lastMain: ended({ ...state.main, kind: 'ExecStart', index: 0 }, unit) }),
    ended: state.commands.filter((command) => command.code !== null).map((command) => ended(command, unit)),
    statusText: state.statusText,
    statusErrno: state.statusErrno,
    invocationId: unit.invocationId,
    listen: [],
    ...ownFacts(unit, port),
    ...resources(unit, port),
  };
}

/** By the monotonic clock, of a unit that was up and is not any more. */
function activeFor({ stamps }: Unit): number {
  const { activeEnter, activeExit } = stamps;
  const over = activeEnter.monotonicUsec > 0 && activeExit.monotonicUsec >= activeEnter.monotonicUsec;
  return over ? (activeExit.monotonicUsec - activeEnter.monotonicUsec) / 1000 : 0;
}

function ended(command: CommandStatus, unit: Unit): EndedCommand {
  const configured = unit.config.settings[command.kind][command.index];
  return {
    kind: command.kind,
    argv: configured?.argv ?? [],
    pid: command.pid,
    startMs: ms(command.start),
    exitMs: ms(command.exit),
    code: command.code ?? 'exited',
    status: command.status,
    ignoreFailure: configured?.ignoreFailure ?? false,
  };
}

/** Of timers, sockets and paths. */
function ownFacts(unit: Unit, port: SnapshotPort): Partial<UnitStatus> {
  const facts = port.manager.others.peek(unit)?.facts;
  const { Socket } = unit.config.settings;
  const listen = (Socket?.listen ?? []).map(({ kind, place }) => `${formatPlace(place)} (${kind})`);
  if (facts?.type === 'timer') return { nextElapseMs: nextElapseMs(facts, port.now()) };
  if (/^(auto)?mount$|^swap$/.test(unit.config.type)) return placeOf(unit, facts);
  const counts = facts?.type === 'socket' && Socket?.Accept === true;
  return {
    listen,
    ...(counts ? { accepted: facts.accepted, connections: facts.connections, refused: facts.refused } : {}),
  };
}

function placeOf({ config: { settings } }: Unit, facts: OwnFacts | null | undefined): Partial<UnitStatus> {
  const { Mount, Automount, Swap } = settings;
  const where = Mount?.Where ?? Automount?.Where;
  const what = mountedAs(facts)?.what ?? Mount?.What ?? Swap?.What;
  return { ...(where === undefined ? {} : { where }), ...(what === undefined ? {} : { what }) };
}

type Resources = Pick<
  UnitStatus,
  | 'cgroup'
  | 'tasks'
  | 'tasksMax'
  | 'memory'
  | 'memoryPeak'
  | 'memorySwap'
  | 'memorySwapPeak'
  | 'memoryHigh'
  | 'memoryMax'
  | 'memorySwapMax'
  | 'memoryMin'
  | 'memoryLow'
  | 'cpuNsec'
>;

function resources(unit: Unit, { cgroups, facts }: SnapshotPort): Resources {
  const path = cgroupOf(unit.config);
  const has = hasCgroup(unit.config) && cgroups.populated(path) !== null;
  if (!has) return { cgroup: '', ...cpuAfterwards(unit) };
  const number = (file: string): number | undefined => {
    const text = cgroups.get(path, file);
    return text === null || !/^\d+$/.test(text) ? undefined : Number(text);
  };
  const usage = /^usage_usec (\d+)$/m.exec(cgroups.get(path, 'cpu.stat') ?? '')?.[1];
  return defined({
    cgroup: path === '' ? '/' : path,
    tasks: number('pids.current'),
    memory: number('memory.current'),
    memoryPeak: number('memory.peak'),
    memorySwap: number('memory.swap.current'),
    memorySwapPeak: number('memory.swap.peak'),
    cpuNsec: usage === undefined ? undefined : Number(usage) * 1000,
    ...limits(unit, facts.sizes(), number),
  });
}

/** Of a service what its settings say; other cgroups are asked. */
function limits(unit: Unit, sizes: MachineSizes, number: (file: string) => number | undefined): Partial<Resources> {
  const { settings, type } = unit.config;
  const limit = (file: string, amount: MemoryAmount, whole: number): number | undefined => {
    if (type !== 'service') return number(file);
    const value = amountOf(amount, whole);
    return value === Number.POSITIVE_INFINITY ? undefined : value;
  };
  const memory = (file: string, amount: MemoryAmount): number | undefined => limit(file, amount, sizes.memoryBytes);
  const max = settings.MemoryMax === Number.POSITIVE_INFINITY ? settings.MemoryLimit : settings.MemoryMax;
  return defined({
    tasksMax: limit('pids.max', settings.TasksMax, sizes.tasksMax),
    memoryHigh: memory('memory.high', settings.MemoryHigh),
    memoryMax: memory('memory.max', max),
    memorySwapMax: memory('memory.swap.max', settings.MemorySwapMax),
    memoryMin: memory('memory.min', settings.MemoryMin) || undefined,
    memoryLow: memory('memory.low', settings.MemoryLow) || undefined,
  });
}

/** What the cgroup had used when it went. */
function cpuAfterwards(unit: Unit): { cpuNsec?: number } {
  return unit.lastCpuNsec > 0 ? { cpuNsec: unit.lastCpuNsec } : {};
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };
function defined<T extends object>(values: T): Given<T> & Pick<T, Extract<keyof T, 'cgroup'>> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<T> & Pick<T, Extract<keyof T, 'cgroup'>>;
}
