/** The directives of [Timer]. Facts: systemd.timer(5). */
import { parseCalendar } from '../calendar/calendar.ts';
import type { TimerBase, TimerSettings, TimerSpec } from '../timer/timer-settings.ts';
import { parseTimeSpan, USEC_PER_MINUTE } from '../value/time-span.ts';
import { boolean, resolved, seconds } from './basic-readers.ts';
import type { Reader, Reading } from './directive.ts';
import { type OwnRow, ownRow } from './own-section.ts';
import { triggeredUnit } from './triggered-unit.ts';

/** Moments of one timer. */
const SPECS_MAX = 1024;

const INITIAL: TimerSettings = {
  ...{ specs: [], ignored: [], Unit: '', OnClockChange: false, OnTimezoneChange: false },
  ...{ AccuracySec: USEC_PER_MINUTE, RandomizedDelaySec: 0, FixedRandomDelay: false },
  ...{ Persistent: false, WakeSystem: false, RemainAfterElapse: true },
};

function specOf(text: string, at: Reading): TimerSpec | undefined {
  const base = at.key as TimerBase;
  if (base === 'OnCalendar') {
    const calendar = parseCalendar(text, at.isZone);
    if (calendar !== null) return { base, calendar };
    at.warn(`Failed to parse calendar specification, ignoring: ${text}`);
    return undefined;
  }
  const usec = parseTimeSpan(text);
  if (usec !== null) return { base, usec };
  at.warn(`Failed to parse timer value, ignoring: ${text}`);
  return undefined;
}

/** An empty value removes all of them, of whatever kind. */
const specs: Reader<readonly TimerSpec[]> = (value, at, before) => {
  if (value === '') return [];
  const text = resolved(value, at);
  const spec = text === null ? undefined : specOf(text, at);
  return spec === undefined ? undefined : [spec, ...before].slice(0, SPECS_MAX);
};

/** @returns null for a key that [Timer] does not have */
export function timerDirective(key: string): OwnRow<TimerSettings> | null {
  switch (key) {
    case 'OnActiveSec':
    case 'OnBootSec':
    case 'OnStartupSec':
    case 'OnUnitActiveSec':
    case 'OnUnitInactiveSec':
    case 'OnCalendar':
      return ownRow(INITIAL, 'specs', specs, 'timer');
    case 'Unit':
      return ownRow(INITIAL, key, triggeredUnit, 'timer');
    case 'AccuracySec':
    case 'RandomizedDelaySec':
      return ownRow(INITIAL, key, seconds, 'timer');
    case 'OnClockChange':
    case 'FixedRandomDelay':
    case 'Persistent':
    case 'RemainAfterElapse':
      return ownRow(INITIAL, key, boolean, 'timer');
    case 'OnTimezoneChange':
    case 'WakeSystem':
      return ownRow(INITIAL, key, boolean, null);
    default:
      return null;
  }
}
