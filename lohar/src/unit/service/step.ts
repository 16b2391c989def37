/** One event in the life of a service: (state, event) -> next state and effects. */
import type { Settings } from '../directive/tables.ts';
import type { UnitResult } from '../model.ts';
import { formatTimeSpan } from '../value/time-span.ts';
import { afterKill, enterDead, enterSignal, enterStop, enterStopPost } from './ending.ts';
import { exited, mainExited, noPidFile, withMain } from './exited.ts';
import { Machine } from './machine.ts';
import { notified } from './notified.ts';
import { enterReload, enterRunning, enterStartPost } from './running.ts';
import { begin, isUpAtOnce } from './starting.ts';
import type { Effect, Pending, ServiceEvent, ServiceState, Surroundings } from './state.ts';
import { timedOut } from './timed-out.ts';

export function step(
  state: ServiceState,
  event: ServiceEvent,
  settings: Settings,
  around: Surroundings,
): readonly [ServiceState, readonly Effect[]] {
  const machine = new Machine(state, settings, around);
  dispatch(machine, event);
  return [machine.state, machine.effects];
}

function dispatch(machine: Machine, event: ServiceEvent): void {
  switch (event.is) {
    case 'start':
      begin(machine);
      return;
    case 'stop':
      stop(machine);
      return;
    case 'reload':
      enterReload(machine);
      return;
    case 'timeout':
      timedOut(machine);
      return;
    case 'watchdog':
      machine.log(3, `Watchdog timeout (limit ${formatTimeSpan(machine.state.watchdogUsec)})!`);
      enterSignal(machine, 'stop-watchdog', 'watchdog');
      return;
    case 'cgroup-empty':
      cgroupEmpty(machine);
      return;
    case 'oom':
      outOfMemory(machine);
      return;
    case 'start-limit':
      machine.log(4, 'Start request repeated too quickly.');
      enterDead(machine, 'start-limit-hit', false);
      return;
    case 'restart-failed':
      enterDead(machine, 'resources', false);
      return;
    case 'reset-failed':
      resetFailed(machine);
      return;
    case 'exited':
      exited(machine, event);
      return;
    case 'notified':
      notified(machine, event.from, event.fields);
      return;
    case 'bus-owner':
      busOwner(machine, event.owner);
      return;
    case 'pid-file-changed':
      machine.ask(
        { for: 'pid-file', after: 'appeared' },
        { do: 'read-pid-file', warn: true, during: machine.state.sub },
      );
      return;
    default:
      answer(machine, event);
      return;
  }
}

type Answer = Extract<
  ServiceEvent,
  { is: 'spawned' | 'spawn-failed' | 'killed' | 'pid-file' | 'pid-file-bad' | 'guessed' }
>;

function answer(machine: Machine, event: Answer): void {
  const { pending } = machine.state;
  machine.set({ pending: null });
  if (pending?.for === 'spawn' && event.is === 'spawned') spawned(machine, pending, event.pid, event.executed);
  else if (pending?.for === 'spawn' && event.is === 'spawn-failed') spawnFailed(machine, pending, event.why);
  else if (pending?.for === 'kill' && event.is === 'killed') afterKill(machine, pending.next, event.wait);
  else if (pending?.for === 'pid-file' && event.is === 'pid-file')
    pidFile(machine, pending.after, event.pid, event.alien);
  else if (pending?.for === 'pid-file' && event.is === 'pid-file-bad') noPidFile(machine, pending.after);
  else if (pending?.for === 'guess' && event.is === 'guessed') {
    if (event.pid !== 0) machine.setMain(event.pid, event.alien);
    withMain(machine, pending.after);
  }
}

function spawned(machine: Machine, pending: Extract<Pending, { for: 'spawn' }>, pid: number, executed: boolean): void {
  machine.record(pending.command, pid, null);
  if (pending.role === 'control') {
    machine.set({ controlPid: pid });
    if (machine.state.sub !== pending.next) machine.enter(pending.next);
    return;
  }
  machine.setMain(pid, false);
  const { Type } = machine.settings;
  // A second command of a oneshot: the state stays.
  if (pending.command.index > 0) return;
  if (isUpAtOnce(machine)) enterStartPost(machine);
  else {
    machine.enter('start');
    if (Type === 'exec' && executed) enterStartPost(machine);
  }
}

/** As service_bus_name_owner_change() of systemd's service.c: the name makes the service, and the service goes with it. */
function busOwner(machine: Machine, owner: string): void {
  const { state } = machine;
  if (state.busOwner === null || (owner !== '' && owner === state.staleOwner)) return;
  machine.set({ busOwner: owner });
  if (machine.settings.Type !== 'dbus') return;
  if (state.sub === 'running' && owner === '') enterRunning(machine, 'success');
  else if (state.sub === 'start' && owner !== '') enterStartPost(machine);
}

const TASKS: Readonly<Record<string, string>> = {
  ExecCondition: 'exec-condition',
  ExecStartPre: 'start-pre',
  ExecStart: 'start',
  ExecStartPost: 'start-post',
  ExecReload: 'reload',
  ExecStop: 'stop',
  ExecStopPost: 'stop-post',
};

function spawnFailed(machine: Machine, pending: Extract<Pending, { for: 'spawn' }>, why: string): void {
  const { kind, index } = pending.command;
  const what = index === 0 ? `'${TASKS[kind]}' task` : pending.role === 'main' ? 'next main task' : 'next control task';
  machine.log(4, `Failed to spawn ${what}: ${why}`);
  machine.set({ controlPid: 0, controlCommand: null });
  switch (kind) {
    case 'ExecCondition':
    case 'ExecStartPre':
      if (index === 0) enterDead(machine, 'resources', true);
      else enterSignal(machine, 'stop-sigterm', 'resources');
      break;
    case 'ExecStart':
      if (index === 0) enterSignal(machine, 'stop-sigterm', 'resources');
      else enterStop(machine, 'resources');
      break;
    case 'ExecStartPost':
      if (index === 0) enterStop(machine, 'resources');
      else enterSignal(machine, 'stop-sigterm', 'resources');
      break;
    case 'ExecReload':
      machine.set({ reloadResult: 'resources' });
      enterRunning(machine, 'success');
      break;
    case 'ExecStop':
      enterSignal(machine, 'stop-sigterm', 'resources');
      break;
    case 'ExecStopPost':
      if (index === 0) enterSignal(machine, 'final-sigterm', 'resources');
      else enterDead(machine, 'resources', true);
      break;
  }
}

function pidFile(
  machine: Machine,
  after: Extract<Pending, { for: 'pid-file' }>['after'],
  pid: number,
  alien: boolean,
): void {
  const { exiting } = machine.state;
  // The file still names the process that has just ended.
  if (after === 'main-exit' && exiting !== null && exiting.pid === pid) {
    mainExited(machine, exiting);
    return;
  }
  machine.set({ exiting: null });
  machine.setMain(pid, alien);
  if (after === 'appeared') {
    if (machine.state.sub === 'start') enterStartPost(machine);
    else if (machine.state.sub === 'start-post') enterRunning(machine, 'success');
  } else if (after !== 'main-exit') withMain(machine, after);
}

function stop(machine: Machine): void {
  machine.set({ forbidRestart: true });
  switch (machine.state.sub) {
    case 'auto-restart':
    case 'auto-restart-queued':
      machine.enter('dead');
      return;
    case 'condition':
    case 'start-pre':
    case 'start':
    case 'start-post':
    case 'reload':
    case 'reload-signal':
    case 'reload-notify':
    case 'stop-watchdog':
      enterSignal(machine, 'stop-sigterm', 'success');
      return;
    case 'running':
    case 'exited':
      enterStop(machine, 'success');
      return;
    default:
      return;
  }
}

function resetFailed(machine: Machine): void {
  if (machine.state.sub === 'failed') machine.enter('dead');
  machine.set({ result: 'success', reloadResult: 'success', restarts: 0, flushRestarts: false });
}

function cgroupEmpty(machine: Machine): void {
  const { settings, state } = machine;
  const gone = machine.mainAlive() !== true && !machine.controlAlive;
  const surelyGone = machine.mainAlive() === false && !machine.controlAlive;
  const notifies = settings.Type === 'notify' || settings.Type === 'notify-reload';
  switch (state.sub) {
    case 'start':
      if (notifies && surelyGone) enterStopPost(machine, 'protocol');
      else if (settings.ExitType === 'cgroup' && gone && settings.Type !== 'oneshot') enterStartPost(machine);
      else if (settings.PIDFile !== '' && surelyGone) neverWrotePidFile(machine);
      break;
    case 'start-post':
      if (settings.PIDFile !== '' && surelyGone) neverWrotePidFile(machine);
      break;
    case 'running':
      enterRunning(machine, 'success');
      break;
    case 'stop-watchdog':
    case 'stop-sigterm':
    case 'stop-sigkill':
      if (gone) enterStopPost(machine, 'success');
      break;
    case 'stop-post':
    case 'final-watchdog':
    case 'final-sigterm':
    case 'final-sigkill':
      if (gone) enterDead(machine, 'success', true);
      break;
    default:
      break;
  }
}

/** Nobody is left who could. */
function neverWrotePidFile(machine: Machine): void {
  machine.log(4, 'Daemon never wrote its PID file. Failing.');
  if (machine.state.sub === 'start') enterStopPost(machine, 'protocol');
  else enterStop(machine, 'protocol');
}

function outOfMemory(machine: Machine): void {
  const policy = machine.settings.OOMPolicy;
  if (policy === 'continue') return;
  const result: UnitResult = 'oom-kill';
  switch (machine.state.sub) {
    case 'condition':
    case 'start-pre':
    case 'start':
    case 'start-post':
    case 'stop':
      enterSignal(machine, policy === 'kill' ? 'stop-sigkill' : 'stop-sigterm', result);
      return;
    case 'running':
    case 'exited':
      if (policy === 'kill') enterSignal(machine, 'stop-sigkill', result);
      else enterStop(machine, result);
      return;
    case 'stop-watchdog':
    case 'stop-sigterm':
      enterSignal(machine, 'stop-sigkill', result);
      return;
    case 'stop-sigkill':
    case 'final-sigkill':
      machine.fail(result);
      return;
    case 'stop-post':
    case 'final-sigterm':
      enterSignal(machine, 'final-sigkill', result);
      return;
    default:
      return;
  }
}
