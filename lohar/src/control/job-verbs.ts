/** start, stop, restart and their kin: names to jobs, and the client told how each ended. */
import type { UnitManager } from '../manager/unit-manager.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { Job } from '../unit/job/job.ts';
import { type BusError, JOB_MODES, type JobResult, type JobType, type JobVerb } from '../unit/model.ts';
import type { Client } from './conversation.ts';
import { type Named, resolveNames, templateError } from './names.ts';
import type { JobRequest, Request } from './protocol.ts';

export interface JobVerbsPort {
  readonly manager: UnitManager;
  needsReload(unit: Unit): boolean;
}

/** What a wish is, now that the unit's state is known. */
function typeOf(verb: JobVerb, unit: Unit): JobType {
  if (verb === 'reload-or-restart') return unit.canReload ? 'reload-or-start' : 'restart';
  if (verb === 'try-reload-or-restart') return unit.canReload ? 'try-reload' : 'try-restart';
  return verb;
}

function refusal(type: JobType, unit: Unit): BusError | null {
  const { load, settings } = unit.config;
  const broken = load === 'not-found' || load === 'error' || load === 'bad-setting';
  if (type === 'stop' && broken && unit.active === 'inactive')
    return { name: 'NoSuchUnit', message: `Unit ${unit.id} not loaded.` };
  const starts = ['start', 'restart', 'try-restart', 'reload-or-start'].includes(type) && settings.RefuseManualStart;
  const stops = ['stop', 'restart', 'try-restart'].includes(type) && settings.RefuseManualStop;
  if (!starts && !stops) return null;
  return {
    name: 'OnlyByDependency',
    message: `Operation refused, unit ${unit.id} may be requested by dependency only (it is configured to refuse manual start/stop).`,
  };
}

/** The jobs of one request that are still under way, and what else the client waits for. */
class Waiting {
  readonly #client: Client;
  #open = 0;
  #queuedAll = false;
  readonly #stops: (() => void)[] = [];
  readonly #stopped = new Set<Unit>();

  constructor(client: Client) {
    this.#client = client;
    client.onClose(() => {
      for (const stop of this.#stops.splice(0)) stop();
    });
  }

  /** At the end it is told what will start this one again. */
  stopped(unit: Unit): void {
    this.#stopped.add(unit);
  }

  begin(): void {
    this.#open++;
  }

  done(): void {
    this.#open--;
    this.#maybeEnd();
  }

  atClose(stop: () => void): void {
    this.#stops.push(stop);
  }

  allQueued(): void {
    this.#queuedAll = true;
    this.#maybeEnd();
  }

  #maybeEnd(): void {
    if (!this.#queuedAll || this.#open > 0) return;
    for (const unit of this.#stopped) {
      const units = triggersOf(unit);
      if (units.length > 0) this.#client.reply({ is: 'triggered-by', unit: unit.id, units });
    }
    this.#client.end();
  }
}

export function answerJob(request: JobRequest, client: Client, port: JobVerbsPort): void {
  const names = resolveNames(request.names, port.manager.registry, client);
  const waiting = new Waiting(client);
  for (const named of withDependencies(names, request, port)) {
    queueOne(named, request, client, port, waiting);
    // systemctl asks systemd for one unit after the other, and what can run does so in between.
    port.manager.runJobs();
  }
  waiting.allQueued();
}

/** `--all` with a pattern: what the matches pull in, too. */
function withDependencies(names: readonly Named[], request: JobRequest, port: JobVerbsPort): readonly Named[] {
  if (request.all !== true || !request.names.some((name) => /[*?[]/.test(name))) return names;
  const units = new Set(names.map((named) => named.unit));
  for (const name of units) {
    if (units.size > 4096) break;
    for (const other of port.manager.registry.peek(name)?.related(['Requires', 'Wants']) ?? []) units.add(other.id);
  }
  return [...units].map((unit) => ({ name: unit, unit }));
}

function queueOne(named: Named, request: JobRequest, client: Client, port: JobVerbsPort, waiting: Waiting): void {
  const { name, unit: wanted } = named;
  const error = tryQueue(named, request, client, port, waiting);
  if (error !== null) client.reply({ is: 'failed', name, unit: wanted, error });
}

function tryQueue(
  { name, unit: wanted }: Named,
  request: JobRequest,
  client: Client,
  port: JobVerbsPort,
  waiting: Waiting,
): BusError | null {
  const mode = JOB_MODES.find((known) => known === (request.mode ?? 'replace'));
  if (mode === undefined) return { name: 'InvalidArgs', message: `Job mode ${request.mode} invalid` };
  const template = templateError(wanted);
  if (template !== null) return template;
  const { manager } = port;
  const unit = manager.registry.get(wanted);
  if (unit.config.load === 'not-found') manager.registry.loadAgain(unit);
  const type = typeOf(request.job, unit);
  const refused = refusal(type, unit);
  if (refused !== null) return refused;
  const queued = manager.add(unit, type, mode);
  if (!queued.ok) return queued.error;
  if (port.needsReload(unit)) client.reply({ is: 'needs-reload', unit: unit.id });
  client.reply({ is: 'queued', name, unit: unit.id, job: queued.job.id, type: queued.job.type });
  if (type === 'stop') waiting.stopped(unit);
  if (request.block) follow(queued.job, unit, client, manager, waiting, request.wait === true);
  return null;
}

/** Units that are up and would start it again. */
function triggersOf(unit: Unit): string[] {
  return [...unit.related(['TriggeredBy'])].filter((other) => other.isUp).map((other) => other.id);
}

/** Of one job that another verb queued. @param down what else is told once the unit is down */
export function followJob(
  job: Job,
  unit: Unit,
  client: Client,
  manager: UnitManager,
  wait: boolean,
  down: () => void,
): void {
  const waiting = new Waiting(client);
  follow(job, unit, client, manager, waiting, wait, down);
  waiting.allQueued();
}

/** Tells how the job ended, and with `wait` when the unit is down again. */
function follow(
  job: Job,
  unit: Unit,
  client: Client,
  manager: UnitManager,
  waiting: Waiting,
  wait: boolean,
  down: () => void = () => {},
): void {
  waiting.begin();
  const ended = (_: Job, result: JobResult): void => {
    const unitResult = manager.resultOf(unit);
    client.reply({ is: 'job', unit: unit.id, job: job.id, type: job.type, result, unitResult });
    if (wait && result === 'done') untilDown(unit, client, manager, waiting, down);
    else waiting.done();
  };
  job.listeners.push(ended);
  waiting.atClose(() => {
    const at = job.listeners.indexOf(ended);
    if (at >= 0) job.listeners.splice(at, 1);
  });
}

function untilDown(unit: Unit, client: Client, manager: UnitManager, waiting: Waiting, down: () => void): void {
  const look = (): boolean => {
    if (!unit.isDown) return false;
    const result = manager.resultOf(unit);
    client.reply({ is: 'ended', unit: unit.id, active: unit.active, result });
    down();
    waiting.done();
    return true;
  };
  if (look()) return;
  const stop = manager.onChange((changed) => {
    if (changed === unit && look()) stop();
  });
  waiting.atClose(stop);
}

export function answerIsolate(
  request: Extract<Request, { verb: 'isolate' }>,
  client: Client,
  port: JobVerbsPort,
): void {
  const { names, block } = request;
  answerJob({ verb: 'job', job: 'start', names, mode: 'isolate', block }, client, port);
}
