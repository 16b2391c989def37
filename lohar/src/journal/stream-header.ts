/**
 * What a client says on /run/systemd/journal/stdout before its lines (systemd-cat, sd_journal_stream_fd(3)): seven lines
 * identifier, unit, priority, level prefix, and forward to syslog, kmsg and console, which nobody does here.
 */
export interface StreamHeader {
  readonly identifier: string;
  /** A unit's name, honoured from root only; '' otherwise. */
  readonly unit: string;
  readonly priority: number;
  readonly facility: number;
  readonly levelPrefix: boolean;
}

/** Lines before the log lines. */
export const HEADER_LINES = 7;
const TRUE = /^(?:1|yes|y|true|t|on)$/i;
const FALSE = /^(?:0|no|n|false|f|off)$/i;

/** @returns null when the client does not speak this protocol; then its connection is closed */
export function parseStreamHeader(lines: readonly string[]): StreamHeader | null {
  const [identifier = '', unit = '', value = '', prefix = '', ...forwards] = lines.map((line) => line.trim());
  const number = /^\d{1,3}$/.test(value) ? Number(value) : -1;
  const booleans = [prefix, ...forwards];
  if (number < 0 || booleans.length !== 4 || !booleans.every((b) => TRUE.test(b) || FALSE.test(b))) return null;
  return { identifier, unit, priority: number & 7, facility: number >> 3, levelPrefix: TRUE.test(prefix) };
}
