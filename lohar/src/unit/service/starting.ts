/** The way up: ExecCondition=, ExecStartPre=, ExecStart=. */

import type { Machine } from './machine.ts';
import { enterStartPost } from './running.ts';
import { NO_EXEC } from './state.ts';

const FOREVER = Number.POSITIVE_INFINITY;

/** A new run, from nothing. */
export function begin(machine: Machine): void {
  const { flushRestarts, restarts } = machine.state;
  machine.set({
    result: 'success',
    reloadResult: 'success',
    mainPid: 0,
    mainKnown: false,
    mainAlien: false,
    main: NO_EXEC,
    commands: [],
    forbidRestart: false,
    statusText: '',
    statusErrno: 0,
    notify: 'unknown',
    notifyAccess: null,
    watchdogUsec: machine.settings.WatchdogSec,
    restarts: flushRestarts ? 0 : restarts,
    flushRestarts: false,
  });
  machine.emit({ do: 'begin' });
  enterCondition(machine);
}

function enterCondition(machine: Machine): void {
  if (machine.settings.ExecCondition.length > 0)
    machine.spawn('control', { kind: 'ExecCondition', index: 0 }, machine.settings.TimeoutStartSec, 'condition');
  else enterStartPre(machine);
}

export function enterStartPre(machine: Machine): void {
  machine.set({ controlPid: 0 });
  if (machine.settings.ExecStartPre.length > 0)
    machine.spawn('control', { kind: 'ExecStartPre', index: 0 }, machine.settings.TimeoutStartSec, 'start-pre');
  else enterStart(machine);
}

export function enterStart(machine: Machine): void {
  const { settings } = machine;
  machine.set({ controlPid: 0, mainPid: 0, controlCommand: null, mainCommand: null });
  const command = { kind: 'ExecStart', index: 0 } as const;
  if (settings.ExecStart.length === 0) {
    // Nothing to run: the unit still passes through its states, so that what hangs on them happens.
    machine.enter('start');
    enterStartPost(machine);
  } else if (settings.Type === 'forking') machine.spawn('control', command, settings.TimeoutStartSec, 'start');
  else {
    if (settings.Type === 'dbus') awaitBusName(machine);
    machine.spawn('main', command, isUpAtOnce(machine) ? FOREVER : settings.TimeoutStartSec, 'start');
  }
}

/** Does it count as started as soon as its program is? */
export function isUpAtOnce({ settings, state }: Machine): boolean {
  return (
    settings.Type === 'simple' || settings.Type === 'idle' || (settings.Type === 'dbus' && state.busOwner === null)
  );
}

/** Only an owner that comes from now on is this run's. */
function awaitBusName(machine: Machine): void {
  const { busOwner, staleOwner } = machine.state;
  const hasBus = machine.around.hasBus();
  machine.set({ staleOwner: busOwner || staleOwner, busOwner: hasBus ? '' : null });
  if (hasBus) return;
  machine.log(
    4,
    'There is no D-Bus here to watch for the bus name; the service counts as started as with Type=simple.',
  );
}
