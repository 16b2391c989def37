/** A process of the service has ended. */
import type { UnitResult } from '../model.ts';
import { exitStatusName, type StatusSet } from '../value/exit-status.ts';
import { SIGHUP, SIGINT, SIGPIPE, SIGTERM, signalName } from '../value/signal.ts';
import { enterDead, enterSignal, enterStop, enterStopPost, matches } from './ending.ts';
import type { Machine } from './machine.ts';
import { enterRunning, enterStartPost } from './running.ts';
import { enterStart, enterStartPre } from './starting.ts';
import type { AfterMain, CommandRef, ExitCode } from './state.ts';

interface Ended {
  readonly pid: number;
  readonly code: ExitCode;
  readonly status: number;
}

/** Signals with which a daemon may be told to end. */
const CLEAN_SIGNALS: readonly number[] = [SIGHUP, SIGINT, SIGTERM, SIGPIPE];

/** What an end means. One-shot commands end well by exit 0 alone. */
export function resultOf(ended: Ended, isDaemon: boolean, success: StatusSet): UnitResult {
  const clean =
    ended.code === 'exited'
      ? ended.status === 0
      : ended.code === 'killed' && isDaemon && CLEAN_SIGNALS.includes(ended.status);
  if (clean || matches(success, ended)) return 'success';
  return ended.code === 'exited' ? 'exit-code' : ended.code === 'killed' ? 'signal' : 'core-dump';
}

export function exited(machine: Machine, ended: Ended): void {
  const { state, settings } = machine;
  if (ended.pid === 0) return;
  if (ended.pid === state.mainPid) {
    // A daemon may have moved on to another process and said so in its PID file.
    if (settings.PIDFile !== '' && settings.Type === 'forking') {
      machine.set({ exiting: ended });
      machine.ask({ for: 'pid-file', after: 'main-exit' }, { do: 'read-pid-file', warn: false, during: state.sub });
    } else mainExited(machine, ended);
  } else if (ended.pid === state.controlPid) controlExited(machine, ended);
}

export function mainExited(machine: Machine, ended: Ended): void {
  const { settings } = machine;
  const command = machine.state.mainCommand;
  const result = ignoring(
    machine,
    command ?? { kind: 'ExecStart', index: 0 },
    resultOf(ended, settings.Type !== 'oneshot', settings.SuccessExitStatus),
  );
  const { code, status } = ended;
  machine.set({
    exiting: null,
    mainPid: 0,
    mainKnown: true,
    main: { ...machine.state.main, pid: ended.pid, exit: machine.around.now, code, status },
  });
  if (command !== null) machine.record(command, ended.pid, ended);
  logExit(machine, 'Main process', ended, result === 'success');
  machine.fail(result);
  if (
    command !== null &&
    settings.Type === 'oneshot' &&
    result === 'success' &&
    command.index + 1 < settings.ExecStart.length
  ) {
    machine.spawn('main', { kind: 'ExecStart', index: command.index + 1 }, settings.TimeoutStartSec, machine.state.sub);
    return;
  }
  machine.set({ mainCommand: null });
  if (settings.ExitType === 'cgroup' && machine.around.populated() === true) {
    if (machine.state.sub === 'start') enterStartPost(machine);
  } else afterMain(machine, result);
}

function afterMain(machine: Machine, result: UnitResult): void {
  const { settings, state } = machine;
  const alone = !machine.controlAlive;
  switch (state.sub) {
    case 'start':
      if (settings.Type === 'oneshot') {
        if (result === 'success') enterStartPost(machine);
        else enterSignal(machine, 'stop-sigterm', result);
      } else if (settings.Type === 'notify' || settings.Type === 'notify-reload') notReady(machine, result);
      else enterRunning(machine, result);
      break;
    case 'running':
      enterRunning(machine, result);
      break;
    case 'start-post':
    case 'reload':
    case 'reload-signal':
    case 'reload-notify':
      if (alone) enterStop(machine, result);
      break;
    case 'stop-watchdog':
    case 'stop-sigterm':
    case 'stop-sigkill':
      if (alone) enterStopPost(machine, result);
      break;
    case 'stop-post':
      if (alone) enterSignal(machine, 'final-sigterm', result);
      break;
    case 'final-watchdog':
    case 'final-sigterm':
    case 'final-sigkill':
      if (alone) enterDead(machine, result, true);
      break;
    default:
      break;
  }
}

/** The main process ended before it said READY=1. */
function notReady(machine: Machine, result: UnitResult): void {
  const access = machine.state.notifyAccess ?? machine.settings.NotifyAccess;
  if (result !== 'success') enterSignal(machine, 'stop-sigterm', result);
  else if (!machine.settings.RemainAfterExit || access === 'main') enterSignal(machine, 'stop-sigterm', 'protocol');
}

function controlExited(machine: Machine, ended: Ended): void {
  const { state, settings } = machine;
  const command = state.controlCommand;
  const isDaemon = settings.Type !== 'oneshot' && command?.kind === 'ExecStart';
  let result = resultOf(ended, isDaemon, settings.SuccessExitStatus);
  machine.set({ controlPid: 0 });
  if (command !== null) {
    machine.record(command, ended.pid, ended);
    result = ignoring(machine, command, result);
  }
  if (state.sub === 'condition') result = conditionResult(machine, ended, result);
  const kind = state.sub === 'condition' ? 'Condition check process' : 'Control process';
  logExit(machine, kind, ended, result === 'success' || result === 'exec-condition');
  if (state.sub !== 'reload') machine.fail(result);
  const next = command === null ? null : { kind: command.kind, index: command.index + 1 };
  if (next !== null && result === 'success' && machine.command(next) !== undefined) {
    const starting = ['condition', 'start-pre', 'start', 'start-post', 'running', 'reload'].includes(state.sub);
    machine.spawn('control', next, starting ? settings.TimeoutStartSec : settings.TimeoutStopSec, state.sub);
    return;
  }
  machine.set({ controlCommand: null });
  afterControl(machine, result);
}

/** Exit 1 to 254 of ExecCondition= skips the unit, without failing it. */
function conditionResult(machine: Machine, ended: Ended, result: UnitResult): UnitResult {
  const skips = result === 'exit-code' && ended.status < 255;
  if (skips || result === 'success') machine.emit({ do: 'condition', holds: !skips });
  return skips ? 'exec-condition' : result;
}

function afterControl(machine: Machine, result: UnitResult): void {
  const good = result === 'success';
  switch (machine.state.sub) {
    case 'condition':
      if (good) enterStartPre(machine);
      else enterSignal(machine, 'stop-sigterm', result);
      break;
    case 'start-pre':
      if (good) enterStart(machine);
      else enterSignal(machine, 'stop-sigterm', result);
      break;
    case 'start':
      if (machine.settings.Type !== 'forking') break;
      if (good) findMain(machine, 'start');
      else enterSignal(machine, 'stop-sigterm', result);
      break;
    case 'start-post':
      if (good) findMain(machine, 'start-post');
      else enterSignal(machine, 'stop-sigterm', result);
      break;
    case 'reload':
    case 'reload-signal':
    case 'reload-notify':
      machine.set({ reloadResult: result });
      if (good) findMain(machine, 'reload');
      else afterReload(machine);
      break;
    case 'stop':
      enterSignal(machine, 'stop-sigterm', result);
      break;
    case 'stop-watchdog':
    case 'stop-sigterm':
    case 'stop-sigkill':
      if (machine.mainAlive() !== true) enterStopPost(machine, result);
      break;
    case 'stop-post':
      if (machine.mainAlive() !== true) enterSignal(machine, 'final-sigterm', result);
      break;
    case 'final-watchdog':
    case 'final-sigterm':
    case 'final-sigkill':
      if (machine.mainAlive() !== true) enterDead(machine, result, true);
      break;
    default:
      break;
  }
}

/** The PID file tells who the main process is, or else there is only one process left. */
function findMain(machine: Machine, after: AfterMain): void {
  const { settings, state } = machine;
  if (settings.PIDFile !== '') {
    const warn = after !== 'start' || settings.ExecStartPost.length === 0;
    machine.ask({ for: 'pid-file', after }, { do: 'read-pid-file', warn, during: state.sub });
  } else guessMain(machine, after);
}

function guessMain(machine: Machine, after: AfterMain): void {
  const { settings, state } = machine;
  if (settings.GuessMainPID && !state.mainKnown && state.mainPid === 0)
    machine.ask({ for: 'guess', after }, { do: 'guess-main' });
  else withMain(machine, after);
}

/** The question of the main process is settled, as far as it can be. */
export function withMain(machine: Machine, after: AfterMain): void {
  if (after === 'start') enterStartPost(machine);
  else if (after === 'start-post') enterRunning(machine, 'success');
  else afterReload(machine);
}

function afterReload(machine: Machine): void {
  // The service has not said READY=1 yet.
  if (machine.state.notify === 'reloading') machine.enter('reload-notify');
  else enterRunning(machine, 'success');
}

/** The PID file has no pid that will do. */
export function noPidFile(machine: Machine, after: AfterMain | 'main-exit' | 'appeared'): void {
  switch (after) {
    case 'main-exit':
      if (machine.state.exiting !== null) mainExited(machine, machine.state.exiting);
      break;
    case 'reload':
      guessMain(machine, 'reload');
      break;
    case 'start':
      if (machine.settings.ExecStartPost.length > 0) enterStartPost(machine);
      else waitForPidFile(machine);
      break;
    case 'start-post':
    case 'appeared':
      waitForPidFile(machine);
      break;
  }
}

/** It may yet be written, as long as there is somebody to write it. */
function waitForPidFile(machine: Machine): void {
  if (machine.around.populated() !== false) machine.emit({ do: 'watch-pid-file', on: true });
  else if (machine.state.sub === 'start') enterSignal(machine, 'stop-sigterm', 'protocol');
  else enterStop(machine, 'protocol');
}

/** `-` before the command: its end does not matter. */
function ignoring(machine: Machine, command: CommandRef, result: UnitResult): UnitResult {
  return machine.command(command)?.ignoreFailure === true ? 'success' : result;
}

function logExit(machine: Machine, kind: string, ended: Ended, success: boolean): void {
  const name = ended.code === 'exited' ? (exitStatusName(ended.status) ?? 'n/a') : signalName(ended.status);
  const priority = success ? 7 : ended.code === 'exited' ? 5 : 4;
  machine.log(
    priority,
    `${kind} exited, code=${ended.code}, status=${ended.status}/${name}${success ? ' (success)' : ''}`,
  );
}
