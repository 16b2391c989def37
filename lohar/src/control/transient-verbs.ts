/** systemd-run and set-property: units and settings that come over the control socket. */
import { type Fd, SysError } from '@bhatti/runtime/sys.ts';
import { amountOf } from '../manager/cgroup-limits.ts';
import { errorText } from '../manager/launch/error-text.ts';
import { makeParents } from '../manager/make-parents.ts';
import { CGROUP_TABLE } from '../unit/directive/cgroup-table.ts';
import type { Unit } from '../unit/graph/unit.ts';
import { CONTROL, CONTROL_RUNTIME, TRANSIENT } from '../unit/load/search-path.ts';
import { type Assignment, controlFile, readAssignments, transientFile } from '../unit/load/transient-file.ts';
import type { BusError } from '../unit/model.ts';
import { nameKind, typeOfName } from '../unit/name.ts';
import { INITIAL } from '../unit/service/state.ts';
import type { AnswersPort } from './answers-port.ts';
import type { Client } from './conversation.ts';
import { followJob } from './job-verbs.ts';
import { invalidName, resolveNames } from './names.ts';
import type { Request } from './protocol.ts';

type Of<Verb extends Request['verb']> = Extract<Request, { verb: Verb }>;

function fail(client: Client, error: BusError): void {
  client.reply({ is: 'error', error });
  client.end();
}

/** Reads the files of one unit anew, and of no other. */
function loadAgain(unit: Unit, port: AnswersPort): void {
  port.unitFiles.forget();
  port.manager.registry.loadAgain(unit);
}

const isFree = ({ config, isDown, job }: Unit): boolean =>
  config.load === 'not-found' && config.fragment === '' && isDown && job === null;

/** Writes the unit's file and loads it. */
function make(name: string, texts: readonly string[], port: AnswersPort): Unit | BusError {
  const type = typeOfName(name);
  if (type === null || (nameKind(name) !== 'plain' && nameKind(name) !== 'instance')) return invalidName(name);
  const assignments = readAssignments(type, texts);
  if ('name' in assignments) return assignments;
  const { registry } = port.manager;
  const unit = registry.get(name);
  if (!isFree(unit)) return { name: 'UnitExists', message: `Unit ${name} was already loaded or has a fragment file.` };
  const path = `${TRANSIENT}/${name}`;
  makeParents(port.sys, path, 0o755);
  port.sys.writeFile(path, transientFile(assignments), { mode: 0o644 });
  loadAgain(unit, port);
  if (unit.config.load === 'loaded') return unit;
  port.sys.unlink(path);
  return unit.config.error ?? { name: 'BadUnitSetting', message: `Unit ${name} has a bad unit file setting.` };
}

/** Standard input, output and error of the client, for the unit's processes. */
function takeStreams(pid: number, port: AnswersPort): Fd[] {
  const process = port.sys.attempt('pidfd_open', pid, 0);
  if (process < 0) return [];
  const fds = [0, 1, 2].map((fd) => port.sys.attempt('pidfd_getfd', process, fd, 0));
  port.sys.close(process);
  if (fds.every((fd) => fd >= 0)) return fds;
  for (const fd of fds) if (fd >= 0) port.sys.close(fd);
  return [];
}

export function answerStartTransient(request: Of<'start-transient'>, client: Client, port: AnswersPort): void {
  try {
    const unit = make(request.name, request.properties, port);
    if ('message' in unit) {
      fail(client, unit);
      return;
    }
    if (request.auxName !== undefined) {
      const other = make(request.auxName, request.auxProperties ?? [], port);
      if ('message' in other) {
        fail(client, other);
        return;
      }
    }
    if (request.pipe) unit.streams.push(...takeStreams(client.credentials.pid, port));
    if (unit.config.type === 'scope') unit.joining.push(client.credentials.pid);
    start(unit, request, client, port);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    fail(client, { name: 'Failed', message: errorText(error.code) });
  }
}

function start(unit: Unit, request: Of<'start-transient'>, client: Client, port: AnswersPort): void {
  const queued = port.manager.add(unit, 'start', 'fail');
  if (!queued.ok) {
    fail(client, queued.error);
    return;
  }
  const told = (): void => client.reply({ is: 'transient', unit: unit.id, invocationId: unit.invocationId });
  if (!request.block) {
    told();
    client.end();
    return;
  }
  queued.job.listeners.push(told);
  followJob(queued.job, unit, client, port.manager, request.wait, () => finished(unit, client, port));
}

/** How the run went, for --wait. */
function finished(unit: Unit, client: Client, port: AnswersPort): void {
  const { main } = port.manager.services.get(unit)?.state ?? INITIAL;
  const { inactiveEnter, inactiveExit } = unit.stamps;
  client.reply({
    ...{ is: 'finished', unit: unit.id, result: port.manager.resultOf(unit), code: main.code ?? '' },
    status: main.status,
    runtimeUsec: Math.max(0, inactiveEnter.monotonicUsec - inactiveExit.monotonicUsec),
    cpuUsec: Math.floor(unit.lastCpuNsec / 1000),
    ...unit.lastMemory,
  });
}

/** A number is kept as one: 30M is 31457280. */
function plain(assignment: Assignment, unit: Unit, port: AnswersPort): Assignment {
  const value = unit.config.settings[assignment.key as keyof typeof CGROUP_TABLE];
  if (!/^Memory(Min|Low|High|Max|SwapMax|ZSwapMax)$/.test(assignment.key) || typeof value !== 'number')
    return assignment;
  const amount = amountOf(value, port.facts.sizes().memoryBytes);
  return { ...assignment, value: Number.isFinite(amount) ? String(amount) : 'infinity' };
}

export function answerSetProperty(request: Of<'set-property'>, client: Client, port: AnswersPort): void {
  const [named] = resolveNames([request.name], port.manager.registry, client);
  if (named === undefined) {
    client.end();
    return;
  }
  const unit = port.manager.registry.get(named.unit);
  const found = readAssignments(unit.config.type, request.assignments);
  const wrong = 'name' in found ? found : unsettable(found);
  if (wrong !== null) {
    fail(client, wrong);
    return;
  }
  if (unit.config.load !== 'loaded') {
    const error = unit.config.error ?? { name: 'NoSuchUnit', message: `Unit ${unit.id} not found.` };
    client.reply({ is: 'failed', name: request.name, unit: unit.id, error });
    client.end();
    return;
  }
  const folder = `${request.runtime ? CONTROL_RUNTIME : CONTROL}/${unit.id}.d`;
  for (const assignment of found as readonly Assignment[]) {
    const path = `${folder}/50-${assignment.key}.conf`;
    makeParents(port.sys, path, 0o755);
    port.sys.writeFile(path, controlFile(assignment), { mode: 0o644 });
    loadAgain(unit, port);
    port.sys.writeFile(path, controlFile(plain(assignment, unit, port)), { mode: 0o644 });
  }
  loadAgain(unit, port);
  if (!unit.isDown) port.world.applyLimits(unit);
  client.end();
}

/** Only resources can change while a unit runs. */
function unsettable(found: readonly Assignment[] | BusError): BusError | null {
  if ('name' in found) return found;
  const other = found.find(({ key }) => !Object.hasOwn(CGROUP_TABLE, key) && key !== 'Description');
  if (other === undefined) return null;
  return { name: 'Failed', message: `Cannot set property ${other.key}, or unknown property.` };
}
