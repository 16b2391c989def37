/** The unit's timer ran out. */
import type { Settings } from '../directive/tables.ts';
import { SIGKILL } from '../value/signal.ts';
import { enterDead, enterSignal, enterStop, enterStopPost } from './ending.ts';
import type { Machine } from './machine.ts';
import { enterRunning } from './running.ts';
import type { KillState } from './state.ts';

export function timedOut(machine: Machine): void {
  const { sub } = machine.state;
  const { settings } = machine;
  machine.set({ timeoutAtUsec: Number.POSITIVE_INFINITY });
  switch (sub) {
    case 'condition':
    case 'start-pre':
    case 'start':
    case 'start-post':
      giveUp(machine, `${sub} operation timed out.`, settings.TimeoutStartFailureMode, 'stop');
      break;
    case 'running':
      machine.log(4, 'Service reached runtime time limit. Stopping.');
      enterStop(machine, 'timeout');
      break;
    case 'reload':
    case 'reload-signal':
    case 'reload-notify':
      machine.log(4, 'Reload operation timed out. Killing reload process.');
      if (machine.state.controlPid !== 0)
        machine.emit({ do: 'signal', pid: machine.state.controlPid, signal: SIGKILL });
      machine.set({ reloadResult: 'timeout' });
      enterRunning(machine, 'success');
      break;
    case 'stop':
      giveUp(machine, 'Stopping timed out.', settings.TimeoutStopFailureMode, 'stop');
      break;
    case 'stop-sigterm':
    case 'stop-watchdog':
      escalate(machine, 'stop', sub);
      break;
    case 'stop-sigkill':
      machine.log(4, 'Processes still around after SIGKILL. Ignoring.');
      enterStopPost(machine, 'timeout');
      break;
    case 'stop-post':
      giveUp(machine, "State 'stop-post' timed out.", settings.TimeoutStopFailureMode, 'final');
      break;
    case 'final-sigterm':
    case 'final-watchdog':
      escalate(machine, 'final', sub);
      break;
    case 'final-sigkill':
      machine.log(4, 'Processes still around after final SIGKILL. Entering failed mode.');
      enterDead(machine, 'timeout', true);
      break;
    case 'auto-restart':
      queueRestart(machine);
      break;
    default:
      break;
  }
}

type Phase = 'stop' | 'final';

function giveUp(machine: Machine, text: string, mode: Settings['TimeoutStartFailureMode'], phase: Phase): void {
  if (mode === 'terminate') {
    machine.log(4, `${text} Terminating.`);
    enterSignal(machine, `${phase}-sigterm`, 'timeout');
  } else if (mode === 'abort') {
    machine.log(4, `${text} Aborting.`);
    enterSignal(machine, `${phase}-watchdog`, 'timeout');
  } else killOrGoOn(machine, text, phase);
}

/** The polite signal was not heard. */
function escalate(machine: Machine, phase: Phase, sub: KillState): void {
  const text = `State '${sub}' timed out.`;
  if (machine.settings.TimeoutStopFailureMode === 'abort' && sub.endsWith('sigterm')) {
    machine.log(4, `${text} Aborting.`);
    enterSignal(machine, `${phase}-watchdog`, 'timeout');
  } else killOrGoOn(machine, text, phase);
}

function killOrGoOn(machine: Machine, text: string, phase: Phase): void {
  if (machine.settings.SendSIGKILL) {
    machine.log(4, `${text} Killing.`);
    enterSignal(machine, `${phase}-sigkill`, 'timeout');
  } else if (phase === 'stop') {
    machine.log(4, `${text} Skipping SIGKILL.`);
    enterStopPost(machine, 'timeout');
  } else {
    machine.log(4, `${text} Skipping SIGKILL. Entering failed mode.`);
    enterDead(machine, 'timeout', false);
  }
}

/** The pause before a restart is over. */
function queueRestart(machine: Machine): void {
  if (machine.around.job === 'stop') {
    machine.log(6, 'Stop job pending for unit, skipping automatic restart.');
    return;
  }
  const restarts = machine.state.restarts + 1;
  machine.set({ restarts, flushRestarts: false, notifyAccess: null });
  machine.log(6, `Scheduled restart job, restart counter is at ${restarts}.`);
  machine.enter('auto-restart-queued');
  machine.emit({ do: 'queue-restart' });
}
