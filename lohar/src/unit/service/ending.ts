/** How a service goes down, and whether it comes back. */

import type { Settings } from '../directive/tables.ts';
import type { ServiceSubState, UnitResult } from '../model.ts';
import type { StatusSet } from '../value/exit-status.ts';
import { USEC_PER_SEC, type Usec } from '../value/time-span.ts';
import type { Machine } from './machine.ts';
import type { ExecStatus, KillState } from './state.ts';

const FOREVER = Number.POSITIVE_INFINITY;

/** TimeoutAbortSec= follows TimeoutStopSec= unless it is set. */
function abortTimeout(settings: Settings): Usec {
  return settings.TimeoutAbortSec ?? settings.TimeoutStopSec;
}

/** ExecStop= first, if there is any. */
export function enterStop(machine: Machine, result: UnitResult): void {
  machine.fail(result);
  machine.set({ controlPid: 0 });
  if (machine.settings.ExecStop.length > 0)
    machine.spawn('control', { kind: 'ExecStop', index: 0 }, machine.settings.TimeoutStopSec, 'stop');
  else enterSignal(machine, 'stop-sigterm', 'success');
}

/** The service said STOPPING=1: as if it had got its signal already. */
export function stopByNotify(machine: Machine): void {
  machine.armAfter(machine.settings.TimeoutStopSec);
  machine.enter('stop-sigterm');
}

/** Signals the processes; the answer decides whether the unit waits in this state. */
export function enterSignal(machine: Machine, next: KillState, result: UnitResult): void {
  machine.fail(result);
  const how = next.endsWith('watchdog') ? 'watchdog' : next.endsWith('sigkill') ? 'kill' : 'terminate';
  const restarting = next === 'stop-sigterm' && machine.around.job === 'restart';
  machine.ask({ for: 'kill', next }, { do: 'kill', how: restarting ? 'restart' : how });
}

export function afterKill(machine: Machine, next: KillState, wait: boolean): void {
  const { settings } = machine;
  if (wait) {
    machine.armAfter(next.endsWith('watchdog') ? abortTimeout(settings) : settings.TimeoutStopSec);
    machine.enter(next);
  } else if (next === 'stop-watchdog' || next === 'stop-sigterm') {
    if (settings.SendSIGKILL) enterSignal(machine, 'stop-sigkill', 'success');
    else enterStopPost(machine, 'success');
  } else if (next === 'stop-sigkill') {
    enterStopPost(machine, 'success');
  } else if (next !== 'final-sigkill' && settings.SendSIGKILL) {
    enterSignal(machine, 'final-sigkill', 'success');
  } else {
    enterDead(machine, 'success', true);
  }
}

export function enterStopPost(machine: Machine, result: UnitResult): void {
  machine.fail(result);
  machine.set({ controlPid: 0 });
  if (machine.settings.ExecStopPost.length > 0)
    machine.spawn('control', { kind: 'ExecStopPost', index: 0 }, machine.settings.TimeoutStopSec, 'stop-post');
  else enterSignal(machine, 'final-sigterm', 'success');
}

export function enterDead(machine: Machine, result: UnitResult, mayRestart: boolean): void {
  machine.fail(result);
  const failed = machine.state.result !== 'success' && machine.state.result !== 'exec-condition';
  if (machine.state.result === 'success') machine.log(6, 'Deactivated successfully.');
  else if (failed) machine.log(4, `Failed with result '${machine.state.result}'.`);
  else machine.log(6, `Skipped due to '${machine.state.result}'.`);
  machine.emit({ do: 'tell-left-over' });
  // A queued stop is not undone by Restart=.
  const restarts = mayRestart && machine.around.job !== 'stop' && shallRestart(machine);
  if (restarts) {
    const before: ServiceSubState = failed ? 'failed-before-auto-restart' : 'dead-before-auto-restart';
    if (machine.settings.RestartMode !== 'direct') machine.enter(before);
    machine.armAfter(restartDelay(machine.settings, machine.state.restarts));
    machine.enter('auto-restart');
  } else {
    machine.enter(failed ? 'failed' : 'dead');
    machine.set({ flushRestarts: true });
  }
  machine.set({ forbidRestart: false, notifyAccess: null });
  machine.emit({ do: 'release', restarting: restarts });
}

function shallRestart(machine: Machine): boolean {
  const { state, settings } = machine;
  if (state.forbidRestart) return false;
  if (matches(settings.RestartPreventExitStatus, state.main)) return false;
  if (matches(settings.RestartForceExitStatus, state.main)) return true;
  const { result } = state;
  const skipped = result === 'exec-condition';
  switch (settings.Restart) {
    case 'no':
      return false;
    case 'always':
      return !skipped;
    case 'on-success':
      return result === 'success';
    case 'on-failure':
      return result !== 'success' && !skipped;
    case 'on-abnormal':
      return result !== 'success' && result !== 'exit-code' && !skipped;
    case 'on-watchdog':
      return result === 'watchdog';
    case 'on-abort':
      return result === 'signal' || result === 'core-dump';
  }
}

/** Does a process that ended this way match the set? */
export function matches(set: StatusSet, ended: Pick<ExecStatus, 'code' | 'status'>): boolean {
  if (ended.code === null) return false;
  return ended.code === 'exited' ? set.statuses.includes(ended.status) : set.signals.includes(ended.status);
}

/** RestartSec=, growing in RestartSteps= geometric steps to RestartMaxDelaySec=. */
export function restartDelay(settings: Settings, restarts: number): Usec {
  const { RestartSec: first, RestartSteps: steps, RestartMaxDelaySec: most } = settings;
  if (restarts === 0 || steps === 0 || most === FOREVER || first >= most) return first;
  if (restarts > steps) return most;
  const start = first === 0 ? USEC_PER_SEC / 10 : first;
  return Math.trunc(start * (most / start) ** (restarts / steps));
}
