import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { UTC_RULES, type ZoneRules, zoneRules } from './unit/calendar/zone-rules.ts';

const ZONE_FILE_MAX = 64 * 1024;

/** The rules of a time zone, UTC when there are none. @param name '' is the machine's own */
export function readZone(sys: Pick<Sys, 'readFile'>, name: string): ZoneRules {
  if (name === 'UTC') return UTC_RULES;
  try {
    const path = name === '' ? '/etc/localtime' : `/usr/share/zoneinfo/${name}`;
    return zoneRules(sys.readFile(path, ZONE_FILE_MAX)) ?? UTC_RULES;
  } catch (error) {
    if (error instanceof SysError) return UTC_RULES;
    throw error;
  }
}
