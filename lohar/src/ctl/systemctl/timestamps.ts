/** Moments in the style of `--timestamp=`. */
import { formatTimestamp } from '../text/timestamp.ts';
import { UTC, type Zone } from '../text/zone.ts';
import type { TimestampStyle } from './settings.ts';

/** @param ms since 1970, with fractions; 0 gives '' */
export function styledTimestamp(ms: number, style: TimestampStyle, zone: Zone): string {
  if (!(ms > 0) || !Number.isFinite(ms)) return '';
  const usec = Math.floor(ms * 1000);
  if (style === 'unix') return `@${Math.floor(ms / 1000)}`;
  return formatTimestamp(usec, style.endsWith('utc') ? UTC : zone, style.startsWith('us'));
}
