/** Properties of timers, in systemd's order. */

import { formatCalendar } from '../calendar/calendar.ts';
import type { TimerSettings } from '../timer/timer-settings.ts';
import { formatBoolean } from '../value/scalar.ts';
import { formatTimeSpan } from '../value/time-span.ts';
import type { Show, ShowFacts, ShowTable } from './facts.ts';
import type { TimerFacts } from './own-facts.ts';
import type { Line } from './property.ts';

const timerOf = ({ own }: ShowFacts): TimerFacts | null => (own?.type === 'timer' ? own : null);

const set = (show: (settings: TimerSettings) => string): Show => {
  return ({ settings }) => (settings.Timer === null ? '' : show(settings.Timer));
};

const specs =
  (isCalendar: boolean): Show =>
  (facts) =>
    (facts.settings.Timer?.specs ?? []).flatMap((spec, i): Line[] => {
      const next = timerOf(facts)?.specs[i] ?? null;
      if (spec.base === 'OnCalendar') {
        const moment = next === null ? '(null)' : { atMs: next / 1000 };
        return isCalendar
          ? [{ parts: [`{ OnCalendar=${formatCalendar(spec.calendar)} ; next_elapse=`, moment, ' }'] }]
          : [];
      }
      const name = spec.base.replace('Sec', 'USec');
      const shown = `{ ${name}=${formatTimeSpan(spec.usec)} ; next_elapse=${formatTimeSpan(next ?? 0)} }`;
      return isCalendar ? [] : [shown];
    });

export const TIMER_SHOW: ShowTable = [
  ['Unit', ({ unit }) => [...unit.related(['Triggers'])][0]?.id ?? ''],
  ['TimersMonotonic', specs(false)],
  ['TimersCalendar', specs(true)],
  ['OnClockChange', set((timer) => formatBoolean(timer.OnClockChange))],
  ['OnTimezoneChange', set((timer) => formatBoolean(timer.OnTimezoneChange))],
  ['NextElapseUSecRealtime', (facts) => ({ atMs: (timerOf(facts)?.next.realtimeUsec ?? 0) / 1000 })],
  [
    'NextElapseUSecMonotonic',
    (facts) => formatTimeSpan(timerOf(facts)?.next.monotonicUsec || Number.POSITIVE_INFINITY),
  ],
  ['LastTriggerUSec', (facts) => ({ atMs: (timerOf(facts)?.last.realtimeUsec ?? 0) / 1000 })],
  ['LastTriggerUSecMonotonic', (facts) => formatTimeSpan(timerOf(facts)?.last.monotonicUsec ?? 0)],
  ['Result', ({ ownResult }) => ownResult],
  ['AccuracyUSec', set((timer) => formatTimeSpan(timer.AccuracySec))],
  ['RandomizedDelayUSec', set((timer) => formatTimeSpan(timer.RandomizedDelaySec))],
  ['FixedRandomDelay', set((timer) => formatBoolean(timer.FixedRandomDelay))],
  ['Persistent', set((timer) => formatBoolean(timer.Persistent))],
  ['WakeSystem', set((timer) => formatBoolean(timer.WakeSystem))],
  ['RemainAfterElapse', set((timer) => formatBoolean(timer.RemainAfterElapse))],
];
