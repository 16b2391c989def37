/**
 * Every message goes on to the syslog daemon of the sandbox, if it has one, as with ForwardToSyslog=yes, which is Debian's
 * and Ubuntu's default (journald.conf(5)): what came by syslog(3) as it came, anything else as RFC 3164 text. A daemon that
 * does not read what it is sent misses messages; the journal has them all.
 */
import { type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { readZone } from '../read-zone.ts';
import { UTC_RULES, wallAt, type ZoneRules } from '../unit/calendar/zone-rules.ts';

export type ForwardSys = Pick<Sys, 'access' | 'connectUnix' | 'send' | 'close' | 'encode' | 'readFile'>;

/** syslog.socket, or a daemon that has bound it itself. */
const PLACE = '/run/systemd/journal/syslog';
const F_OK = 0;
const NOBODY = -1;
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

export class SyslogForward {
  readonly #sys: ForwardSys;
  #fd: Fd = NOBODY;
  #looked = false;
  /** Of the machine, when the daemon was found. */
  #zone: ZoneRules = UTC_RULES;

  constructor(sys: ForwardSys) {
    this.#sys = sys;
  }

  /** Whether there is a daemon is asked once between two of these. */
  turnEnds(): void {
    this.#looked = false;
  }

  /** A datagram of syslog(3). */
  pass(bytes: Uint8Array): void {
    if (this.#isThere()) this.#send(bytes);
  }

  say(line: ForwardedLine, realtimeUs: number): void {
    if (this.#isThere()) this.#send(this.#sys.encode(syslogLine(line, syslogTime(realtimeUs, this.#zone))));
  }

  #isThere(): boolean {
    if (this.#fd !== NOBODY) return true;
    if (this.#looked) return false;
    this.#looked = true;
    if (!this.#sys.access(PLACE, F_OK)) return false;
    try {
      this.#fd = this.#sys.connectUnix(PLACE, 'datagram');
      this.#zone = readZone(this.#sys, '');
    } catch (error) {
      if (!(error instanceof SysError)) throw error; // nobody listens there any more
    }
    return this.#fd !== NOBODY;
  }

  #send(bytes: Uint8Array): void {
    try {
      this.#sys.send(this.#fd, bytes);
    } catch (error) {
      if (!(error instanceof SysError)) throw error; // the daemon is gone, or the message is longer than it takes
      this.#sys.close(this.#fd);
      this.#fd = NOBODY;
    }
  }
}
