/** The datagram sockets of the journal: /dev/log (syslog) and /run/systemd/journal/socket (native entries). */
import { AGAIN, type Credentials, type Fd, type Sys } from '@bhatti/runtime/sys.ts';
import { type Intake, PRIORITY_DEFAULT } from './intake.ts';
import { parseNative } from './native-message.ts';
import type { Draft, Fields } from './record.ts';
import { parseSyslog } from './syslog.ts';

type DatagramSys = Pick<Sys, 'receive' | 'read' | 'pread' | 'fstat' | 'close' | 'decode'>;

/** Longest datagram; senders use a memfd for more (the kernel's default send buffer is 208 KiB). */
const DATAGRAM_MAX = 256 * 1024;
/** Longest file that is passed instead of a datagram: an entry of 1 MiB and room for its fields. */
const FILE_MAX = 4 * 1024 * 1024;
const buffer = new Uint8Array(DATAGRAM_MAX);

/** Only now, when what it said is in its file: an end of PID 1 in between would lose it. */
function consume(sys: DatagramSys, intake: Intake, fd: Fd): void {
  intake.writer.flush();
  sys.read(fd, buffer.subarray(0, 1)); // the rest of a datagram goes with its first byte
}

/** One datagram of syslog(3). @returns false when none waits */
export function takeSyslog(sys: DatagramSys, intake: Intake, fd: Fd): boolean {
  const got = sys.receive(fd, buffer, { peek: true });
  if (got === null) return false;
  for (const passed of got.fds) sys.close(passed);
  try {
    if (got.size > 0) {
      const bytes = buffer.subarray(0, got.size);
      takeLine(sys, intake, got.credentials, bytes);
      intake.forward.pass(bytes);
    }
  } finally {
    consume(sys, intake, fd);
  }
  return true;
}

function takeLine(sys: DatagramSys, intake: Intake, from: Credentials | undefined, bytes: Uint8Array): void {
  const { facility, ...message } = parseSyslog(sys.decode(bytes));
  const fields: [string, string][] = [];
  if (message.pid !== '') fields.push(['SYSLOG_PID', message.pid]);
  if (message.timestamp !== '') fields.push(['SYSLOG_TIMESTAMP', message.timestamp]);
  const { priority, identifier } = message;
  const draft = { priority, identifier, pid: from?.pid ?? 0, message: message.message, fields };
  intake.message(from, { transport: 'syslog', facility }, draft);
}

/** An entry of the native protocol: PRIORITY, SYSLOG_IDENTIFIER and MESSAGE have columns of their own. */
export function nativeDraft(entry: Fields, pid: number): Draft {
  let priority = PRIORITY_DEFAULT;
  let identifier = '';
  let message = '';
  const fields: (readonly [string, string])[] = [];
  for (const field of entry) {
    const [name, value] = field;
    if (name === 'PRIORITY' && /^[0-7]$/.test(value)) priority = Number(value);
    else if (name === 'SYSLOG_IDENTIFIER') identifier = value;
    else if (name === 'MESSAGE') message = value;
    else fields.push(field);
  }
  return { priority, identifier, pid, message, fields };
}

function takeEntries(sys: DatagramSys, intake: Intake, bytes: Uint8Array, from: Credentials | undefined): void {
  for (const entry of parseNative(bytes, sys.decode)) {
    intake.message(from, { transport: 'journal', facility: 0 }, nativeDraft(entry, from?.pid ?? 0));
  }
}

/** What a passed descriptor holds: a memfd, or an unlinked file; anything else is refused. */
function readPassed(sys: DatagramSys, fd: Fd): Uint8Array | null {
  const stat = sys.fstat(fd);
  if (stat.type !== 'file' || stat.size === 0 || stat.size > FILE_MAX) return null;
  const bytes = new Uint8Array(stat.size);
  for (let at = 0; at < bytes.length; ) {
    const got = sys.pread(fd, bytes.subarray(at), at);
    if (got <= 0 || got === AGAIN) return bytes.subarray(0, at);
    at += got;
  }
  return bytes;
}

/** One datagram of the native protocol: the entries are in it, or in the one file that it passes. @returns false when none waits */
export function takeNative(sys: DatagramSys, intake: Intake, fd: Fd): boolean {
  const got = sys.receive(fd, buffer, { peek: true });
  if (got === null) return false;
  try {
    const [passed] = got.fds;
    if (got.size > 0 && passed === undefined) takeEntries(sys, intake, buffer.subarray(0, got.size), got.credentials);
    else if (got.size === 0 && passed !== undefined && got.fds.length === 1) {
      const bytes = readPassed(sys, passed);
      if (bytes !== null) takeEntries(sys, intake, bytes, got.credentials);
    }
  } finally {
    for (const passed of got.fds) sys.close(passed);
    consume(sys, intake, fd);
  }
  return true;
}
