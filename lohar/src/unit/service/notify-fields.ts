/** The datagram of sd_notify(3). */

/** Bytes of one datagram that are looked at. */
export const NOTIFY_SIZE_MAX = 4096;
/** Bytes of STATUS=. */
export const STATUS_TEXT_MAX = 1024;

/** Assignments of one message; of a name that comes twice the first counts, as in systemd. */
export type NotifyFields = ReadonlyMap<string, string>;

export function parseNotify(text: string): NotifyFields {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals <= 0) continue;
    const name = line.slice(0, equals);
    if (!fields.has(name)) fields.set(name, line.slice(equals + 1));
  }
  return fields;
}

/** A whole number of microseconds; null when it is none. */
export function notifyUsec(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return null;
  return Number(text);
}
