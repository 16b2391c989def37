/** What PID 1 does when it is sent a signal, as systemd(1) has it. */
import { SIGNALS, SIGRTMIN } from '@bhatti/runtime/linux/constants.ts';
import type { Loop } from '@bhatti/runtime/sys.ts';
import type { Power, PowerAction } from './power.ts';

const ACTIONS: readonly (readonly [signal: number, action: PowerAction])[] = [
  // Ctrl+Alt+Del
  [SIGNALS.INT, 'reboot'],
  [SIGNALS.TERM, 'poweroff'],
  [SIGNALS.PWR, 'poweroff'],
  [SIGRTMIN + 3, 'poweroff'],
  [SIGRTMIN + 4, 'poweroff'],
  [SIGRTMIN + 5, 'reboot'],
];

/** systemd(1): execute itself again. */
const REEXECUTE = SIGRTMIN + 25;

export function obeySignals(loop: Loop, power: Power, again: () => void): void {
  loop.onSignal(REEXECUTE, again);
  for (const [signal, action] of ACTIONS) loop.onSignal(signal, () => power.begin(action));
}
