/** [Timer] as it was read. Facts: systemd.timer(5). */
import type { Calendar } from '../calendar/calendar.ts';
import type { OwnSettings } from '../directive/own-section.ts';
import type { Usec } from '../value/time-span.ts';

export type TimerBase =
  | 'OnActiveSec'
  | 'OnBootSec'
  | 'OnStartupSec'
  | 'OnUnitActiveSec'
  | 'OnUnitInactiveSec'
  | 'OnCalendar';

/** One moment that a timer waits for. */
export type TimerSpec =
  | { readonly base: Exclude<TimerBase, 'OnCalendar'>; readonly usec: Usec }
  | { readonly base: 'OnCalendar'; readonly calendar: Calendar };

export interface TimerSettings extends OwnSettings {
  /** The last one of the file first, as systemd keeps them. */
  readonly specs: readonly TimerSpec[];
  /** The unit to start; '' until the unit is complete. */
  readonly Unit: string;
  readonly OnClockChange: boolean;
  readonly OnTimezoneChange: boolean;
  readonly AccuracySec: Usec;
  readonly RandomizedDelaySec: Usec;
  readonly FixedRandomDelay: boolean;
  readonly Persistent: boolean;
  readonly WakeSystem: boolean;
  readonly RemainAfterElapse: boolean;
}
