/** Messages of syslog(3) as they arrive on /dev/log (RFC 3164 as glibc, busybox and logger write it). Pure. */

/** LOG_USER, LOG_INFO */
const DEFAULT_PRIORITY = (1 << 3) | 6;

export interface SyslogMessage {
  /** 0 emerg .. 7 debug */
  readonly priority: number;
  /** 0 kern, 1 user, 3 daemon ... */
  readonly facility: number;
  /** '' when the message has none. */
  readonly identifier: string;
  /** What the sender says of itself, '' when nothing; not to be trusted. */
  readonly pid: string;
  /** `Nov 23 14:08:25 ` as sent, '' when there is none. */
  readonly timestamp: string;
  readonly message: string;
}

/**
 * `<N>` at the start of a text.
 * @param withFacility true: up to 999, facility and priority in one; false: 0-7 only
 * @returns the number and what follows, null when there is no such prefix
 */
export function parsePriorityPrefix(text: string, withFacility: boolean): { value: number; rest: string } | null {
  if (text.charCodeAt(0) !== 60) return null;
  const match = (withFacility ? /^<(\d{1,3})>/ : /^<(?:00|0)?([0-7])>/).exec(text);
  if (match === null) return null;
  return { value: Number(match[1]), rest: text.slice(match[0].length) };
}

const TIMESTAMP = /^[A-Za-z]{3} [ \d]\d [ \d]\d:[ \d]\d:[ \d]\d /;
/** `name: text`, `name[pid]: text`: the first word must end in a colon. */
const IDENTIFIER = /^[ \t\n\r]*([^ \t\n\r]*):(?:[ \t\n\r]|$)/;
const WITH_PID = /^(.*?)\[([^[]*)\]$/s;

/** Cuts identifier and pid off a text, as systemd's journal does (also for /dev/kmsg). */
export function parseIdentifier(text: string): { identifier: string; pid: string; rest: string } {
  const match = IDENTIFIER.exec(text);
  if (match === null) return { identifier: '', pid: '', rest: text };
  const name = match[1] ?? '';
  const rest = text.slice(match[0].length);
  const sender = WITH_PID.exec(name);
  return sender === null
    ? { identifier: name, pid: '', rest }
    : { identifier: sender[1] ?? '', pid: sender[2] ?? '', rest };
}

/** Any text is a message; what does not look like RFC 3164 is the message itself. */
export function parseSyslog(datagram: string): SyslogMessage {
  const nul = datagram.indexOf('\0');
  const text = (nul < 0 ? datagram : datagram.slice(0, nul)).replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, '');
  const prefix = parsePriorityPrefix(text, true);
  const value = prefix?.value ?? DEFAULT_PRIORITY;
  const body = prefix?.rest ?? text;
  const timestamp = TIMESTAMP.exec(body)?.[0] ?? '';
  const { identifier, pid, rest } = parseIdentifier(body.slice(timestamp.length));
  return { priority: value & 7, facility: value >> 3, identifier, pid, timestamp, message: rest };
}
