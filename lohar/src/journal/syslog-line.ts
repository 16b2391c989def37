/** A message as a syslog daemon takes it: RFC 3164, in the time zone of the machine. */
import type { Sys } from '@bhatti/runtime/sys.ts';
import { readZone } from '../read-zone.ts';
import { wallAt, type ZoneRules } from '../unit/calendar/zone-rules.ts';

/** LOG_USER: what says nothing comes from a user's program. */
const FACILITY_DEFAULT = 1;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface ForwardedLine {
  readonly facility: number;
  readonly priority: number;
  readonly identifier: string;
  readonly pid: number;
  readonly message: string;
}

/** `<30>Nov  3 09:05:01 nginx[812]: message` */
export function syslogLine({ facility, priority, identifier, pid, message }: ForwardedLine, when: string): string {
  const sender = identifier === '' ? '' : pid > 0 ? `${identifier}[${pid}]: ` : `${identifier}: `;
  return `<${((facility || FACILITY_DEFAULT) << 3) | priority}>${when} ${sender}${message}`;
}

/** `Nov  3 09:05:01` on the wall. */
export function syslogTime(realtimeUs: number, zone: ZoneRules): string {
  const { month, day, hour, minute, second } = wallAt(Math.floor(realtimeUs / 1_000_000), zone);
  const time = [hour, minute, second].map((part) => String(part).padStart(2, '0')).join(':');
  return `${MONTHS[month - 1]} ${String(day).padStart(2)} ${time}`;
}

export function machineZone(sys: Pick<Sys, 'readFile'>): ZoneRules {
  return readZone(sys, '');
}
