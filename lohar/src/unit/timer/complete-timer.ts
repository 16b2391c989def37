/** What follows for a timer from all its settings together. Texts: systemd 255. */
import type { Completed } from '../service/complete-service.ts';
import type { TimerSettings } from './timer-settings.ts';

export function completeTimer(given: TimerSettings | null): Completed {
  const comes = given !== null && (given.specs.length > 0 || given.OnClockChange || given.OnTimezoneChange);
  return { settings: {}, refusal: comes ? null : 'Timer unit lacks value setting. Refusing.', warnings: [] };
}
