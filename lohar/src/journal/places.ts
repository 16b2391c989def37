/** Which file a unit's lines are in, and what the files are called. Writer and readers agree through this alone. */

export const JOURNAL_FOLDER = '/var/log/bhatti';
/** Lines of no unit, and of units that run nothing (targets, slices, mounts): one file, so that a boot is read at once. */
export const SYSTEM_KEY = 'system';
export const KERNEL_KEY = 'kernel';

/** Longest name that still fits a file name (255 bytes) with `.log.` and a sequence number behind it. */
const NAME_MAX = 200;
const QUIET = /\.(?:target|slice|mount|automount|swap|device)$/;
/** Instances of a connection each (Accept=yes), and units that systemd-run names: they share a file, there may be thousands. */
const CONNECTION = /^(.*@)\d+-\d+-.*(\.service)$|^(.*@)\d+-[^-].*:\d+-.*:\d+(\.service)$/;
const TRANSIENT = /^run-(?:[rup][0-9a-f]+|p\d+-i\d+)\./;

/** `nginx.service`, `ssh@.service` for one of its connections, or `system`. */
export function journalKey(unit: string): string {
  if (unit === '' || unit.length > NAME_MAX || unit.includes('/') || QUIET.test(unit)) return SYSTEM_KEY;
  if (TRANSIENT.test(unit)) return SYSTEM_KEY;
  const connection = CONNECTION.exec(unit);
  if (connection === null) return unit;
  return `${connection[1] ?? connection[3]}${connection[2] ?? connection[4]}`;
}

/** True when lines of several units are in the file, so that a reader must look at each. */
export function isShared(key: string): boolean {
  return key === SYSTEM_KEY || key === KERNEL_KEY || key.includes('@.');
}

export function activeName(key: string): string {
  return `${key}.log`;
}

/** A file that is full: the number of its first line sorts it, `less x.log*` reads all. */
export function archiveName(key: string, firstSeq: number): string {
  return `${key}.log.${String(firstSeq).padStart(16, '0')}`;
}

export interface JournalFileName {
  readonly key: string;
  /** Number of the first line; absent for the file that is written now. */
  readonly archivedFrom?: number;
}

/** @returns null for a file that is none of the journal's */
export function parseFileName(name: string): JournalFileName | null {
  const match = /^(.+)\.log(?:\.(\d{16}))?$/.exec(name);
  if (match === null) return null;
  const key = match[1] ?? '';
  return match[2] === undefined ? { key } : { key, archivedFrom: Number(match[2]) };
}
