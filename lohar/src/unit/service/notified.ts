/** What the service says of itself through sd_notify(3). */
import { enterSignal, stopByNotify } from './ending.ts';
import type { Machine } from './machine.ts';
import { type NotifyFields, notifyUsec, STATUS_TEXT_MAX } from './notify-fields.ts';
import { enterRunning, enterStartPost, feedWatchdog, reloadByNotify } from './running.ts';

interface Sender {
  readonly pid: number;
  readonly uid: number;
}

export function notified(machine: Machine, from: Sender, fields: NotifyFields): void {
  if (!isAuthorized(machine, from.pid)) return;
  mainPid(machine, from, fields);
  statusOf(machine, fields);
  timeouts(machine, fields);
  // Last: these may begin something whose answer is awaited.
  if (watchdog(machine, fields)) return;
  readiness(machine, fields);
}

function isAuthorized(machine: Machine, pid: number): boolean {
  const { mainPid, controlPid } = machine.state;
  const access = machine.state.notifyAccess ?? machine.settings.NotifyAccess;
  const refuse = (why: string): boolean => {
    machine.log(4, `Got notification message from PID ${pid}, but reception ${why}`);
    return false;
  };
  if (access === 'none') return refuse('is disabled.');
  if (access === 'main' && pid !== mainPid)
    return refuse(`only permitted for main PID ${mainPid === 0 ? 'which is currently not known' : mainPid}`);
  if (access === 'exec' && pid !== mainPid && pid !== controlPid) {
    const known = [
      mainPid !== 0 ? `main PID ${mainPid}` : '',
      controlPid !== 0 ? `control PID ${controlPid}` : '',
    ].filter((one) => one !== '');
    return refuse(
      `only permitted for ${known.length > 0 ? known.join(' and ') : 'main PID and control PID which are currently not known'}`,
    );
  }
  return true;
}

const MAY_MOVE: readonly string[] = ['start', 'start-post', 'running', 'reload', 'reload-signal', 'reload-notify'];

function mainPid(machine: Machine, from: Sender, fields: NotifyFields): void {
  const text = fields.get('MAINPID');
  if (text === undefined || !MAY_MOVE.includes(machine.state.sub)) return;
  const pid = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (pid === 0) {
    machine.log(4, `Failed to parse MAINPID=${text} field in notification message, ignoring: Invalid argument`);
    return;
  }
  if (machine.state.mainKnown && machine.state.mainPid === pid) return;
  const owner = isRefused(machine, pid) ? 'none' : machine.around.owner(pid);
  // A process elsewhere is believed only when root says so.
  if (owner === 'own' || (owner === 'other' && from.uid === 0)) machine.setMain(pid, machine.around.isAlien(pid));
}

/** Logs why a process cannot be the main one. */
function isRefused(machine: Machine, pid: number): boolean {
  const why =
    pid === 1
      ? 'is the manager, refusing.'
      : pid === machine.state.controlPid
        ? 'is the control process, refusing.'
        : machine.around.owner(pid) === 'none'
          ? 'does not exist or is a zombie.'
          : null;
  if (why !== null) machine.log(4, `New main PID ${pid} ${why}`);
  return why !== null;
}

function statusOf(machine: Machine, fields: NotifyFields): void {
  const text = fields.get('STATUS');
  if (text !== undefined) {
    const tooLong = new TextEncoder().encode(text).length > STATUS_TEXT_MAX;
    if (tooLong) machine.log(4, `Status message overly long (${text.length} > ${STATUS_TEXT_MAX}), ignoring.`);
    machine.set({ statusText: tooLong ? '' : text });
  }
  const errno = fields.get('ERRNO');
  if (errno !== undefined) {
    if (/^\d{1,4}$/.test(errno)) machine.set({ statusErrno: Number(errno) });
    else machine.log(4, `Failed to parse ERRNO= field value '${errno}' in notification message: Invalid argument`);
  }
  const access = fields.get('NOTIFYACCESS');
  if (access === 'none' || access === 'main' || access === 'exec' || access === 'all')
    machine.set({ notifyAccess: access });
}

function timeouts(machine: Machine, fields: NotifyFields): void {
  const extend = fields.get('EXTEND_TIMEOUT_USEC');
  if (extend !== undefined) {
    const span = notifyUsec(extend);
    if (span === null) machine.log(4, `Failed to parse EXTEND_TIMEOUT_USEC=${extend}`);
    else extendTimeout(machine, span);
  }
  const period = fields.get('WATCHDOG_USEC');
  if (period === undefined) return;
  const span = notifyUsec(period);
  if (span === null) machine.log(4, `Failed to parse WATCHDOG_USEC=${period}`);
  else {
    machine.set({ watchdogUsec: span });
    feedWatchdog(machine);
  }
}

/** Never makes a timeout shorter. */
function extendTimeout(machine: Machine, span: number): void {
  const until = machine.around.now.monotonicUsec + span;
  const { timeoutAtUsec } = machine.state;
  if (timeoutAtUsec !== Number.POSITIVE_INFINITY && until > timeoutAtUsec) machine.arm(until);
}

/** @returns true when the service asked to be put down */
function watchdog(machine: Machine, fields: NotifyFields): boolean {
  const word = fields.get('WATCHDOG');
  if (word === '1') feedWatchdog(machine);
  else if (word === 'trigger') {
    machine.log(3, `Watchdog request (last status: ${machine.state.statusText || '<unset>'})!`);
    enterSignal(machine, 'stop-watchdog', 'watchdog');
    return true;
  } else if (word !== undefined) machine.log(4, 'Passed WATCHDOG= field is invalid, ignoring.');
  return false;
}

function readiness(machine: Machine, fields: NotifyFields): void {
  const { sub } = machine.state;
  const stamp = notifyUsec(fields.get('MONOTONIC_USEC'));
  const answersReload = stamp !== null && stamp >= machine.state.reloadBeganUsec;
  if (fields.get('STOPPING') === '1') {
    machine.set({ notify: 'stopping' });
    if (sub === 'running' || sub === 'reload-signal' || sub === 'reload-notify') stopByNotify(machine);
  } else if (fields.get('READY') === '1') {
    machine.set({ notify: 'ready' });
    ready(machine, fields.get('RELOADING') === '1' && answersReload);
  } else if (fields.get('RELOADING') === '1') {
    machine.set({ notify: 'reloading' });
    if (sub === 'reload-signal' && answersReload) machine.enter('reload-notify');
    else if (sub === 'running') reloadByNotify(machine);
  }
}

function ready(machine: Machine, reloaded: boolean): void {
  const { Type } = machine.settings;
  const { sub } = machine.state;
  if (sub === 'start' && (Type === 'notify' || Type === 'notify-reload')) enterStartPost(machine);
  else if (sub === 'reload-notify') enterRunning(machine, 'success');
  else if (sub === 'reload-signal' && reloaded) {
    machine.emit({ do: 'propagate-reload' });
    enterRunning(machine, 'success');
  }
}
