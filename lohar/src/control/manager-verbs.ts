/** Verbs about the manager itself, and those that act on units without a job. */
import { SysError } from '@bhatti/runtime/sys.ts';
import { cgroupOf } from '../manager/cgroup-path.ts';
import { LEVELS } from '../manager/manager-log.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { Priority } from '../unit/model.ts';
import { signalName } from '../unit/value/signal.ts';
import type { AnswersPort } from './answers-port.ts';
import type { Client } from './conversation.ts';
import { resolveNames } from './names.ts';
import type { Request } from './protocol.ts';

const COMM_SIZE_MAX = 64;
/** Processes whose signal is told one by one. */
const SAID_MAX = 100;

type Of<Verb extends Request['verb']> = Extract<Request, { verb: Verb }>;

/** The unit, if it is in memory; else the client hears that it is not. */
function loadedUnit(name: string, wanted: string, client: Client, port: AnswersPort): Unit | null {
  const unit = port.manager.registry.peek(wanted);
  if (unit === null || unit.config.load === 'stub') {
    client.reply({
      is: 'failed',
      name,
      unit: wanted,
      error: { name: 'NoSuchUnit', message: `Unit ${wanted} not loaded.` },
    });
    return null;
  }
  return unit;
}

export function answerKill(request: Of<'kill'>, client: Client, port: AnswersPort): void {
  for (const { name, unit: wanted } of resolveNames(request.names, port.manager.registry, client)) {
    const unit = loadedUnit(name, wanted, client, port);
    if (unit === null) continue;
    const message = killUnit(unit, request, port);
    if (message !== null) client.reply({ is: 'failed', name, unit: wanted, error: { name: 'NoSuchProcess', message } });
  }
  client.end();
}

/** @returns what systemd says when there is nobody to signal */
function killUnit(unit: Unit, { whom, signal }: Of<'kill'>, port: AnswersPort): string | null {
  const say = (what: string, pid: number): void =>
    port.log.unit(unit, 6, `${what} process ${pid} (${commOf(pid, port)}) on client request.`);
  const name = `signal SIG${signalName(signal)}`;
  const state = port.manager.services.get(unit)?.state;
  const main = state?.mainPid ?? 0;
  const control = state?.controlPid ?? 0;
  if (whom === 'main' && main === 0)
    return state?.mainKnown === true ? 'No main process to kill' : `Main process of unit ${unit.id} is not known`;
  if (whom === 'control' && control === 0) return 'No control process to kill';
  const own = [
    ...(whom !== 'control' && main !== 0 ? [main] : []),
    ...(whom !== 'main' && control !== 0 ? [control] : []),
  ];
  for (const pid of own) {
    port.world.signal(pid, signal);
    say(`Sent ${name} to ${pid === main ? 'main' : 'control'}`, pid);
  }
  const cgroup = cgroupOf(unit.config);
  if (whom === 'all')
    for (const pid of port.cgroups.processes(cgroup).slice(0, SAID_MAX))
      if (!own.includes(pid)) say(`Sending ${name} to`, pid);
  const others = whom === 'all' && port.cgroups.signal(cgroup, signal, new Set(own));
  return own.length === 0 && !others ? 'No matching processes to kill' : null;
}

/** /proc's name of a process. */
function commOf(pid: number, { sys }: AnswersPort): string {
  try {
    return sys.decode(sys.readFile(`/proc/${pid}/comm`, COMM_SIZE_MAX)).trim();
  } catch (error) {
    if (error instanceof SysError) return 'n/a';
    throw error;
  }
}

/** freeze and thaw: the unit's cgroup stands still, or goes on. */
export function answerFreeze({ verb, names }: Of<'freeze' | 'thaw'>, client: Client, port: AnswersPort): void {
  for (const { name, unit: wanted } of resolveNames(names, port.manager.registry, client)) {
    const unit = loadedUnit(name, wanted, client, port);
    if (unit === null) continue;
    const cgroup = cgroupOf(unit.config);
    const message = !unit.isUp
      ? 'Unit is inactive.'
      : port.cgroups.set(cgroup, 'cgroup.freeze', verb === 'freeze' ? '1' : '0')
        ? null
        : `Unit '${unit.id}' does not support freezing`;
    if (message === null) unit.frozen = verb === 'freeze';
    else client.reply({ is: 'failed', name, unit: wanted, error: { name: 'Failed', message } });
  }
  client.end();
}

/** No jobs named: all of them. */
export function answerCancel({ jobs }: Of<'cancel'>, client: Client, port: AnswersPort): void {
  const { queue } = port.manager;
  for (const id of jobs.length > 0 ? jobs : [...queue.jobs.keys()]) {
    const job = queue.jobs.get(id);
    if (job !== undefined) queue.cancel(job);
    else if (jobs.length > 0) {
      const message = `Job ${id} does not exist.`;
      client.reply({ is: 'failed', name: String(id), unit: '', error: { name: 'NoSuchJob', message } });
    }
  }
  client.end();
}

export function answerResetFailed({ names }: Of<'reset-failed'>, client: Client, port: AnswersPort): void {
  if (names.length === 0) for (const unit of [...port.manager.registry.all()]) port.manager.resetFailed(unit);
  for (const { name, unit: wanted } of resolveNames(names, port.manager.registry, client)) {
    const unit = loadedUnit(name, wanted, client, port);
    if (unit !== null) port.manager.resetFailed(unit);
  }
  client.end();
}

export function answerDaemonReload(client: Client, port: AnswersPort): void {
  port.log.write(null, 6, 'Reloading...');
  const before = port.sys.monotonicMs();
  port.reload(() => {
    port.log.write(null, 6, `Reloading finished in ${Math.round(port.sys.monotonicMs() - before)} ms.`);
    client.end();
  });
}

export function answerEnvironment(request: Of<'environment'>, client: Client, port: AnswersPort): void {
  const { environment } = port;
  if (request.op === 'show') client.reply({ is: 'environment', entries: environment.entries });
  else {
    const done = request.op === 'set' ? environment.set(request.assignments) : environment.unset(request.assignments);
    const message =
      request.op === 'set' ? 'Invalid environment assignments' : 'Invalid environment variable names or assignments';
    if (!done) client.reply({ is: 'error', error: { name: 'InvalidArgs', message } });
  }
  client.end();
}

export function answerSystemState({ wait }: Of<'system-state'>, client: Client, port: AnswersPort): void {
  const say = (): void => {
    client.reply({ is: 'system-state', state: port.phase.state(port.manager) });
    client.end();
  };
  if (wait) port.phase.whenBooted(say);
  else say();
}

export function answerLogLevel({ set }: Of<'log-level'>, client: Client, port: AnswersPort): void {
  const level =
    set === undefined
      ? port.log.level
      : /^[0-7]$/.test(set)
        ? Number(set)
        : LEVELS.indexOf(set as (typeof LEVELS)[number]);
  if (level < 0) client.reply({ is: 'error', error: { name: 'InvalidArgs', message: `Invalid log level '${set}'` } });
  else {
    port.log.level = level as Priority;
    client.reply({ is: 'log-level', level: LEVELS[level] ?? 'info' });
  }
  client.end();
}

export function answerPower(request: Of<'power'>, client: Client, port: AnswersPort): void {
  // Halted, a microVM is as good as off, and there is no other kernel to go to.
  const action = request.action === 'reboot' || request.action === 'kexec' ? 'reboot' : 'poweroff';
  client.end();
  port.power(action, request.force);
}

export function answerJournal(request: Of<'journal'>, client: Client, port: AnswersPort): void {
  const { op, sizeBytes, olderThanMs } = request;
  try {
    const limits = {
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
      ...(olderThanMs === undefined ? {} : { olderThanMs }),
    };
    client.reply({ is: 'journal', ...port.journal.maintain(op, limits) });
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    client.reply({ is: 'error', error: { name: 'Failed', message: error.message } });
  }
  client.end();
}
