/** A service that is up: readiness, reloads, its watchdog. */
import type { UnitResult } from '../model.ts';
import { enterSignal, enterStop, stopByNotify } from './ending.ts';
import type { Machine } from './machine.ts';

const FOREVER = Number.POSITIVE_INFINITY;

/** The main command has been started: ExecStartPost=, then the service is up. */
export function enterStartPost(machine: Machine): void {
  machine.set({ controlPid: 0 });
  feedWatchdog(machine);
  if (machine.settings.ExecStartPost.length > 0)
    machine.spawn('control', { kind: 'ExecStartPost', index: 0 }, machine.settings.TimeoutStartSec, 'start-post');
  else enterRunning(machine, 'success');
}

/** Up, if there is something that is up; else exited or on the way down. */
export function enterRunning(machine: Machine, result: UnitResult): void {
  machine.fail(result);
  machine.set({ controlPid: 0 });
  if (machine.state.result !== 'success') enterSignal(machine, 'stop-sigterm', result);
  else if (isGood(machine)) {
    if (machine.state.notify === 'reloading') reloadByNotify(machine);
    else if (machine.state.notify === 'stopping') stopByNotify(machine);
    else {
      if (machine.state.sub === 'running') return;
      machine.enter('running');
      armRuntimeLimit(machine);
    }
  } else if (machine.settings.RemainAfterExit) machine.enter('exited');
  else enterStop(machine, 'success');
}

/** RuntimeMaxSec= counts from the moment the service came up. */
function armRuntimeLimit(machine: Machine): void {
  const limit = machine.settings.RuntimeMaxSec;
  if (limit === FOREVER) machine.arm(FOREVER);
  else machine.armAfter(limit);
}

function isGood(machine: Machine): boolean {
  if (machine.settings.Type === 'dbus' && machine.state.busOwner === '') return false;
  const main = machine.mainAlive();
  if (main === true) return true;
  if (main === false && machine.settings.ExitType === 'main') return false;
  return machine.around.populated() !== false;
}

export function reloadByNotify(machine: Machine): void {
  machine.armAfter(machine.settings.TimeoutStartSec);
  machine.enter('reload-notify');
  machine.emit({ do: 'propagate-reload' });
}

/** ExecReload=, or the signal of Type=notify-reload. */
export function enterReload(machine: Machine): void {
  const { settings } = machine;
  machine.set({ controlPid: 0, reloadResult: 'success', reloadBeganUsec: machine.around.now.monotonicUsec });
  const signalled = settings.Type === 'notify-reload' && machine.state.mainPid !== 0;
  if (signalled) machine.emit({ do: 'signal', pid: machine.state.mainPid, signal: settings.ReloadSignal });
  if (settings.ExecReload.length > 0)
    machine.spawn('control', { kind: 'ExecReload', index: 0 }, settings.TimeoutStartSec, 'reload');
  else if (signalled) {
    machine.armAfter(settings.TimeoutStartSec);
    machine.enter('reload-signal');
  } else enterRunning(machine, 'success');
}

/** WATCHDOG=1, or the service came up: the time begins anew. */
export function feedWatchdog(machine: Machine): void {
  const span = machine.state.watchdogUsec;
  machine.set({ watchdogAt: machine.around.now });
  const on = span > 0 && span !== FOREVER;
  machine.emit({ do: 'arm-watchdog', atUsec: on ? machine.around.now.monotonicUsec + span : FOREVER });
}
