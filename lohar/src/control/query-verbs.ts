/** What anybody may ask: states, status, lists, files, dependencies. */
import type { UnitManager } from '../manager/unit-manager.ts';
import { nameExpression } from '../unit/condition/compare.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { DependencyKind } from '../unit/model.ts';
import { DEPENDENCY_KINDS } from '../unit/model.ts';
import { nameKind } from '../unit/name.ts';
import type { Client } from './conversation.ts';
import { type Named, resolveNames } from './names.ts';
import type { Request, UnitRow } from './protocol.ts';
import { type SnapshotPort, statusOf } from './snapshot.ts';

type Of<Verb extends Request['verb']> = Extract<Request, { verb: Verb }>;

export interface QueryPort extends SnapshotPort {
  readonly manager: UnitManager;
  unitOfProcess(pid: number): Unit | null;
}

export function answerStates({ names }: Of<'states'>, client: Client, port: QueryPort): void {
  for (const { name, unit: wanted } of resolveNames(names, port.manager.registry, client)) {
    if (nameKind(wanted) === 'template') {
      const message = `Unit name ${wanted} is neither a valid invocation ID nor unit name.`;
      client.reply({ is: 'failed', name, unit: wanted, error: { name: 'InvalidArgs', message } });
      continue;
    }
    const unit = port.manager.registry.get(wanted);
    client.reply({ is: 'state', name, unit: wanted, load: unit.config.load, active: unit.active, sub: unit.sub });
  }
  client.end();
}

export function answerStatus(request: Of<'status'>, client: Client, port: QueryPort): void {
  const { registry } = port.manager;
  if (request.names.length === 0) {
    const { types = [], states = [], all = false } = request;
    for (const unit of select([...registry.all()], types, states, all))
      client.reply({ is: 'status', status: statusOf(unit, unit.id, port) });
    client.end();
    return;
  }
  const pids = request.names.filter((name) => /^\d+$/.test(name));
  const names = request.names.filter((name) => !/^\d+$/.test(name));
  for (const pid of pids) replyOfPid(pid, client, port);
  for (const named of resolveNames(names, registry, client)) replyStatus(named, client, port);
  client.end();
}

function replyStatus({ name, unit: wanted }: Named, client: Client, port: QueryPort): void {
  if (nameKind(wanted) === 'template') {
    const message = `Unit name ${wanted} is neither a valid invocation ID nor unit name.`;
    client.reply({ is: 'failed', name, unit: wanted, error: { name: 'InvalidArgs', message } });
    return;
  }
  client.reply({ is: 'status', status: statusOf(port.manager.registry.get(wanted), wanted, port) });
}

function replyOfPid(pid: string, client: Client, port: QueryPort): void {
  const unit = port.unitOfProcess(Number(pid));
  const message = `PID ${pid} does not belong to any loaded unit.`;
  if (unit === null) client.reply({ is: 'failed', name: pid, unit: pid, error: { name: 'NoUnitForPID', message } });
  else client.reply({ is: 'status', status: statusOf(unit, unit.id, port) });
}

/** Units that a list shows: loaded ones that do something or failed, or all. Sorted by type, then name. */
export function select(
  units: readonly Unit[],
  types: readonly string[],
  states: readonly string[],
  all: boolean,
): Unit[] {
  const wantedTypes = types.length > 0 ? new Set(types) : null;
  const chosen = units.filter((unit) => {
    if (unit.config.load === 'stub' || (wantedTypes !== null && !wantedTypes.has(unit.config.type))) return false;
    if (states.length > 0)
      return states.some((state) => state === unit.config.load || state === unit.active || state === unit.sub);
    return all || unit.active !== 'inactive' || unit.job !== null;
  });
  return chosen.sort(byTypeAndName);
}

function byTypeAndName(a: Unit, b: Unit): number {
  if (a.config.type !== b.config.type) return a.config.type < b.config.type ? -1 : 1;
  const [left, right] = [a.id.toLowerCase(), b.id.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function answerListUnits(request: Of<'list-units'>, client: Client, port: QueryPort): void {
  const expressions = request.patterns.map((pattern) => nameExpression(withGlobSuffix(pattern)));
  const matching = [...port.manager.registry.all()].filter(
    (unit) => expressions.length === 0 || unit.config.names.some((name) => expressions.some((one) => one.test(name))),
  );
  const units = select(matching, request.types, request.states, request.all).map(rowOf);
  client.reply({ is: 'units', units });
  client.end();
}

/** A pattern without a suffix means services, as a name does. */
function withGlobSuffix(pattern: string): string {
  return /[*?[]|\.[a-z]+$/.test(pattern) ? pattern : `${pattern}.service`;
}

function rowOf(unit: Unit): UnitRow {
  return {
    unit: unit.id,
    load: unit.config.load,
    active: unit.active,
    sub: unit.sub,
    description: unit.description,
    ...(unit.job === null ? {} : { job: { id: unit.job.id, type: unit.job.type } }),
  };
}

export function answerListJobs(request: Of<'list-jobs'>, client: Client, port: QueryPort): void {
  const expressions = request.patterns.map(nameExpression);
  const jobs = [...port.manager.queue.jobs.values()].filter(
    (job) => expressions.length === 0 || expressions.some((one) => one.test(job.unit.id)),
  );
  client.reply({
    is: 'jobs',
    jobs: jobs.map((job) => ({ id: job.id, unit: job.unit.id, type: job.type, state: job.state })),
  });
  client.end();
}

export function answerFiles({ names }: Of<'files'>, client: Client, port: QueryPort): void {
  for (const { name, unit: wanted } of resolveNames(names, port.manager.registry, client)) {
    const unit = port.manager.registry.get(wanted);
    const { load, fragment, dropIns } = unit.config;
    client.reply({ is: 'files', name, unit: wanted, load, fragment, dropIns, needsReload: port.needsReload(unit) });
  }
  client.end();
}

/** Units told of in one answer. */
const REACH_MAX = 4096;

export function answerDependencies(request: Of<'list-dependencies'>, client: Client, port: QueryPort): void {
  const kinds = request.kinds.filter((kind): kind is DependencyKind =>
    DEPENDENCY_KINDS.some((known) => known === kind),
  );
  const roots = resolveNames(request.names, port.manager.registry, client).map((named) =>
    port.manager.registry.get(named.unit),
  );
  const seen = new Map<Unit, string[]>();
  const open = [...roots];
  for (let unit = open.shift(); unit !== undefined && seen.size < REACH_MAX; unit = open.shift()) {
    if (seen.has(unit)) continue;
    const to = [...unit.related(kinds)];
    seen.set(
      unit,
      to.map((other) => other.id),
    );
    open.push(...to);
  }
  const units = Object.fromEntries([...seen].map(([unit, to]) => [unit.id, { active: unit.active, to }]));
  client.reply({ is: 'dependencies', roots: roots.map((unit) => unit.id), units });
  client.end();
}

export function answerUnitOfPid({ pid }: Of<'unit-of-pid'>, client: Client, port: QueryPort): void {
  const unit = port.unitOfProcess(pid);
  if (unit !== null) client.reply({ is: 'unit-of-pid', unit: unit.id });
  else
    client.reply({
      is: 'error',
      error: { name: 'NoUnitForPID', message: `PID ${pid} does not belong to any loaded unit.` },
    });
  client.end();
}
