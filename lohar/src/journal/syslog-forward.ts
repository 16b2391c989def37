/**
 * Every message goes on to the syslog daemon of the sandbox, if it has one, as with ForwardToSyslog=yes, which is Debian's
 * and Ubuntu's default (journald.conf(5)): what came by syslog(3) as it came, anything else as RFC 3164 text. A daemon that
 * does not read what it is sent misses messages; the journal has them all.
 */
import { type Fd, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { ZoneRules } from '../unit/calendar/zone-rules.ts';
import { type ForwardedLine, machineZone, syslogLine, syslogTime } from './syslog-line.ts';

export type ForwardSys = Pick<Sys, 'access' | 'connectUnix' | 'send' | 'close' | 'encode' | 'readFile'>;

/** syslog.socket, or a daemon that has bound it itself. */
const PLACE = '/run/systemd/journal/syslog';
const F_OK = 0;
const NOBODY = -1;

export class SyslogForward {
  readonly #sys: ForwardSys;
  #fd: Fd = NOBODY;
  #looked = false;
  /** Of the machine, when the first line was written. */
  #zone: ZoneRules | null = null;

  constructor(sys: ForwardSys) {
    this.#sys = sys;
  }

  /** Whether there is a daemon is asked once between two of these. */
  turnEnds(): void {
    this.#looked = false;
  }

  /** A datagram of syslog(3). */
  pass(bytes: Uint8Array): void {
    if (this.isThere()) this.#send(bytes);
  }

  say(line: ForwardedLine, realtimeUs: number): void {
    if (!this.isThere()) return;
    this.#zone ??= machineZone(this.#sys);
    this.#send(this.#sys.encode(syslogLine(line, syslogTime(realtimeUs, this.#zone))));
  }

  /** Asked before many lines are made up for it. */
  isThere(): boolean {
    if (this.#fd !== NOBODY) return true;
    if (this.#looked) return false;
    this.#looked = true;
    if (!this.#sys.access(PLACE, F_OK)) return false;
    try {
      this.#fd = this.#sys.connectUnix(PLACE, 'datagram');
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
