/**
 * The service manager as PID 1 starts it: puts the parts together, brings up default.target, answers clients, and takes
 * everything down again at the end.
 */
import { type Loop, type Sys, SysError, type WaitStatus } from '@bhatti/runtime/sys.ts';
import { answerRequest } from '../control/answers.ts';
import type { AnswersPort } from '../control/answers-port.ts';
import { ControlServer, openControlSocket } from '../control/server.ts';
import type { JournalSink } from '../journal/sink.ts';
import type { Kept } from '../kept/kept.ts';
import { readText } from '../read-text.ts';
import type { Stamp, Unit } from '../unit/graph/unit.ts';
import type { Priority } from '../unit/model.ts';
import { ROOT_MOUNT } from '../unit/name.ts';
import type { CommandRef } from '../unit/service/state.ts';
import { Accounts } from './accounts.ts';
import { awaitBoot, bootTarget } from './boot-target.ts';
import { cgroupOf } from './cgroup-path.ts';
import { Cgroups } from './cgroups.ts';
import { DiskUnitFiles, IndexCache } from './disk-unit-files.ts';
import { runGenerators } from './generators.ts';
import { resultVariables } from './launch/environment.ts';
import { sandboxEnvironment } from './launch/passed-environment.ts';
import { LinuxWorld } from './linux-world.ts';
import { MachineFacts } from './machine-facts.ts';
import { DEFAULT_PATH, localeOf, ManagerEnvironment } from './manager-environment.ts';
import { DEFAULT_LEVEL, ManagerLog } from './manager-log.ts';
import { ManagerRecord } from './manager-record.ts';
import { MountTable } from './mount/mount-table.ts';
import { MountWatch } from './mount/mount-watch.ts';
import { needsReload } from './needs-reload.ts';
import { listenForNotifications, openNotifySocket } from './notify-socket.ts';
import { unitOfProcess } from './process-unit.ts';
import { RenewedTarget } from './renew-target.ts';
import { restoreUnits } from './restore-units.ts';
import { INACCESSIBLE, SYSTEMD_FOLDERS } from './runtime-folders.ts';
import { Shutdown } from './shutdown.ts';
import { SystemPhase } from './system-state.ts';
import { UnitFileFacts } from './unit-file-facts.ts';
import { UnitManager } from './unit-manager.ts';
import { makeVolatileFiles } from './volatile-files.ts';

export interface ManagerHost {
  readonly sys: Sys;
  readonly loop: Loop;
  readonly journal: JournalSink;
  readonly kept: Kept;
  /** Children that ended while services were left alone. */
  readonly exits: readonly WaitStatus[];
  /** Executes PID 1 anew. */
  again(): void;
  /** What only the console sees. */
  log(line: string): void;
  /** The machine's end, once every service is down; `force` 1: at once, 2: without a word to anybody. */
  power(action: 'poweroff' | 'reboot', force: 0 | 1 | 2): void;
}

export interface RunningManager {
  /** Has default.target been reached (or is there nothing to reach)? */
  booted(): boolean;
  whenBooted(run: () => void): void;
  /** When the jobs of the boot are queued; default.target isolates, which stops what was started before. */
  whenQueued(run: () => void): void;
  /** Stops every service in reverse order. */
  stopAll(done: () => void): void;
  /** INVOCATION_ID of a unit's current run, '' without one. */
  invocationOf(unit: string): string;
  /** The machine stood still for so long, which the monotonic clock did not count. */
  slept(ms: number): void;
  /** From now to the next moment of a timer unit; undefined when none waits. */
  timerMs(): number | undefined;
  /** The target that runs anew in every fork. */
  readonly forkTarget: RenewedTarget;
}

const USEC = 1000;
const LOCALE_SIZE_MAX = 64 * 1024;
export const FORK_TARGET = 'bhatti-fork.target';

export function startManager(host: ManagerHost): RunningManager {
  const { sys, loop, journal } = host;
  const log = new ManagerLog(journal);
  makeFolders(sys, host);
  const accounts = new Accounts(sys);
  const record = openRecord(host, log);
  const environment = new ManagerEnvironment(
    () => [...locale(sys), `PATH=${DEFAULT_PATH}`],
    record.facts.environment,
    (added) => record.set({ environment: added }),
  );
  const facts = new MachineFacts(sys, accounts, () => [...environment.entries, ...sandboxEnvironment(sys)]);
  const files = new DiskUnitFiles(sys);
  const index = new IndexCache(files);
  const unitFiles = new UnitFileFacts(files, facts);
  const cgroups = new Cgroups(sys, loop);
  const now = (): Stamp => stampOf(sys);
  const phase = new SystemPhase();
  const mounts = new MountTable(sys, loop);
  const world = makeWorld({ host, log, cgroups, accounts, facts, environment }, () => manager);
  const manager: UnitManager = new UnitManager({
    world,
    loop,
    log,
    conditions: facts,
    now,
    newId: () => [...sys.random(16)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    sources: () => ({ files, index: index.get(), machine: facts, kernelHas: (id) => mounts.settingsOf(id) }),
    act: (action, unit, why) => act(action, unit, why, host, log),
    ...{ sys, accounts, mounts },
    startupUsec: record.facts.startupUsec,
    machineId: () => facts.machineId(),
    kept: host.kept,
  });
  const generate = (done: () => void) => runGenerators({ sys, loop, files, log }, done);
  listenToServices(host, manager, record);
  moveToInitScope(sys, cgroups, host);
  const forkTarget = new RenewedTarget(manager, facts, FORK_TARGET);
  const answers: AnswersPort = {
    ...{ manager, cgroups, environment, facts, files, journal, log, phase, sys, world, accounts, now },
    needsReload: (unit) => needsReload(unit, manager.registry.sources),
    unitOfProcess: (pid) => unitOfProcess(sys, pid, manager),
    unitFiles,
    startedMs: record.facts.startedMs,
    fileState: (unit) => unitFiles.of(unit),
    reload: (done) => generate(() => reload(manager, [unitFiles, forkTarget], done)),
    power: (action, force) => host.power(action, force),
    again: () => host.again(),
  };
  serveControl(host, answers, accounts, log, record);
  const shutdown = new Shutdown(manager, phase, loop);
  for (const name of ['-.slice', 'system.slice', 'init.scope', ROOT_MOUNT]) manager.registry.get(name);
  phase.whenBooted(() => record.set({ booted: true }));
  if (record.isResumed) resume({ host, manager, world, cgroups, log, phase, booted: record.facts.booted });
  else generate(() => makeVolatileFiles({ sys, loop, log }, () => bootTarget(manager, phase, log, loop)));
  new MountWatch(sys, loop, mounts, manager).look();
  return {
    booted: () => phase.booted,
    whenBooted: (run) => phase.whenBooted(run),
    whenQueued: (run) => phase.whenQueued(run),
    stopAll: (done) => shutdown.begin(done),
    invocationOf: (unit) => manager.registry.peek(unit)?.invocationId ?? '',
    slept: (ms) => manager.others.slept(ms * USEC),
    timerMs: () => manager.others.timerMs(),
    forkTarget,
  };
}

function openRecord(host: ManagerHost, log: ManagerLog): ManagerRecord {
  const record = new ManagerRecord(host.kept, {
    ...{ booted: false, environment: [], logLevel: DEFAULT_LEVEL, startedMs: host.sys.realtimeMs() },
    startupUsec: Math.round(host.sys.monotonicMs() * USEC),
    ...{ notify: -1, control: -1 },
  });
  log.level = record.facts.logLevel as Priority;
  log.onLevel = (logLevel) => record.set({ logLevel });
  return record;
}

interface WorldParts {
  readonly host: ManagerHost;
  readonly log: ManagerLog;
  readonly cgroups: Cgroups;
  readonly accounts: Accounts;
  readonly facts: MachineFacts;
  readonly environment: ManagerEnvironment;
}

/** @param manager asked once it is there */
function makeWorld(parts: WorldParts, manager: () => UnitManager): LinuxWorld {
  const { host, log, cgroups, accounts, facts, environment } = parts;
  const { sys, loop, journal } = host;
  return new LinuxWorld({
    ...{ sys, loop, journal, log, cgroups, accounts },
    sizes: () => facts.sizes(),
    bootId: facts.bootId,
    managerEnvironment: () => environment.entries,
    extraEnvironment: (unit, command) => [...monitorVariables(unit, command, manager()), ...unit.activation],
    passedTo: (unit) => manager().others.passedTo(unit),
    cgroupEmpty: (unit) => manager().cgroupEmpty(unit),
    outOfMemory: (unit) => manager().services.get(unit)?.send({ is: 'oom' }),
  });
}

interface Resumed {
  readonly host: ManagerHost;
  readonly manager: UnitManager;
  readonly world: LinuxWorld;
  readonly cgroups: Cgroups;
  readonly log: ManagerLog;
  readonly phase: SystemPhase;
  readonly booted: boolean;
}

/** Goes on where the image of PID 1 before this one was. */
function resume({ host, manager, world, cgroups, log, phase, booted }: Resumed): void {
  const { sys, kept } = host;
  const begun = sys.monotonicMs();
  const count = restoreUnits({
    ...{ sys, kept, manager },
    watch: (unit) => world.adopt(unit),
    isEmpty: (unit) => cgroups.populated(cgroupOf(unit.config)) === false,
    exits: host.exits,
    failed: (what, error) => log.write(null, 3, `Failed to take over ${what}: ${String(error)}`),
  });
  log.write(null, 5, `Took over ${count} units in ${Math.round(sys.monotonicMs() - begun)} ms.`);
  if (booted) phase.bootDone();
  // It had not come so far.
  else if (manager.queue.jobs.size === 0) bootTarget(manager, phase, log, host.loop);
  else awaitBoot(manager, phase, log, host.loop);
}

/** @param known what they have learned of unit files is of before */
function reload(manager: UnitManager, known: readonly { forget(): void }[], done: () => void): void {
  for (const one of known) one.forget();
  manager.reload();
  done();
}

function stampOf(sys: Sys): Stamp {
  return {
    realtimeUsec: Math.round(sys.realtimeMs() * USEC),
    monotonicUsec: Math.round(sys.monotonicMs() * USEC),
  };
}

/** What services say with sd_notify(3), and their ends. */
function listenToServices({ sys, loop }: ManagerHost, manager: UnitManager, record: ManagerRecord): void {
  loop.onReap((status) => manager.childEnded(status));
  const socket = record.socket('notify', () => openNotifySocket(sys));
  listenForNotifications(sys, loop, socket, (from, fields) => {
    const unit = manager.unitOfPid(from.pid) ?? unitOfProcess(sys, from.pid, manager);
    if (unit !== null) manager.services.get(unit)?.send({ is: 'notified', from, fields });
  });
}

/** systemctl's side of PID 1. */
function serveControl(
  { sys, loop }: ManagerHost,
  answers: AnswersPort,
  accounts: Accounts,
  log: ManagerLog,
  record: ManagerRecord,
): void {
  new ControlServer(sys, loop, {
    answer: (request, client) => answerRequest(request, client, answers),
    sudoGroup: () => accounts.group('sudo'),
    failed: (error) => {
      const what = error instanceof Error ? `${error.message} ${error.stack ?? ''}` : String(error);
      log.write(null, 3, `Control request failed: ${what}`);
    },
  }).listen(record.socket('control', () => openControlSocket(sys)));
}

function locale(sys: Sys): string[] {
  return localeOf(['/etc/locale.conf', '/etc/default/locale'].map((path) => readText(sys, path, LOCALE_SIZE_MAX)));
}

/** A handler of OnFailure= or OnSuccess= hears of the one unit that triggered it; of several, of none. */
function monitorVariables(unit: Unit, command: CommandRef, manager: UnitManager): string[] {
  if (command.kind !== 'ExecStart' && command.kind !== 'ExecStartPre') return [];
  const sources = [...unit.related(['OnFailureOf', 'OnSuccessOf'])].filter(
    (other) => manager.services.get(other)?.state.main.code !== undefined,
  );
  const [source, second] = sources;
  const state = source === undefined ? undefined : manager.services.get(source)?.state;
  if (source === undefined || second !== undefined || state === undefined || state.main.pid === 0) return [];
  return [
    ...resultVariables(state, 'MONITOR_'),
    `MONITOR_INVOCATION_ID=${source.invocationId}`,
    `MONITOR_UNIT=${source.id}`,
  ];
}

function makeFolders(sys: Sys, host: ManagerHost): void {
  const make = (path: string, mode: number): void => {
    try {
      sys.mkdir(path, mode);
    } catch (error) {
      if (!(error instanceof SysError && error.code === 'EEXIST')) host.log(`cannot make ${path}: ${String(error)}`);
    }
  };
  for (const [path, mode] of SYSTEMD_FOLDERS) make(path, mode);
  make(`${INACCESSIBLE}/dir`, 0o000);
  try {
    if (!sys.access(`${INACCESSIBLE}/reg`, 0)) sys.writeFile(`${INACCESSIBLE}/reg`, '', { mode: 0o000 });
  } catch (error) {
    host.log(`cannot make ${INACCESSIBLE}/reg: ${String(error)}`);
  }
}

/** PID 1 has a cgroup of its own, so that the root has only groups in it. */
function moveToInitScope(sys: Sys, cgroups: Cgroups, host: ManagerHost): void {
  try {
    cgroups.ensure('/init.scope');
    sys.writeFile(`${cgroups.folder('/init.scope')}/cgroup.procs`, '1');
    cgroups.ensure('/system.slice');
  } catch (error) {
    host.log(`cannot set up cgroups: ${String(error)}`);
  }
}

function act(action: string, unit: Unit, why: string, host: ManagerHost, log: ManagerLog): void {
  if (action === 'none') return;
  const verb =
    action.startsWith('reboot') || action.startsWith('kexec') || action.startsWith('soft-reboot')
      ? 'reboot'
      : 'poweroff';
  const force = action.endsWith('-immediate') ? 2 : action.endsWith('-force') ? 1 : 0;
  log.write(unit, 4, `${verb === 'reboot' ? 'Rebooting' : 'Powering off'} as result of ${why}.`);
  host.power(verb, force);
}
