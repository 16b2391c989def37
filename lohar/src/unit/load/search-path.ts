/** Where units lie, highest precedence first (line 1 of the list of systemd's behaviours). */

export const TRANSIENT = '/run/systemd/transient';
export const GENERATED = {
  normal: '/run/systemd/generator',
  early: '/run/systemd/generator.early',
  late: '/run/systemd/generator.late',
} as const;
export const CONFIG = '/etc/systemd/system';
export const RUNTIME = '/run/systemd/system';
export const CONTROL = '/etc/systemd/system.control';
export const CONTROL_RUNTIME = '/run/systemd/system.control';

export const UNIT_PATH: readonly string[] = [
  CONTROL,
  CONTROL_RUNTIME,
  TRANSIENT,
  GENERATED.early,
  CONFIG,
  '/etc/systemd/system.attached',
  RUNTIME,
  '/run/systemd/system.attached',
  GENERATED.normal,
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  GENERATED.late,
];

/** /lib is /usr/lib where the two are merged; a path as users or links spell it, as UNIT_PATH spells it. */
export function canonicalPath(path: string): string {
  return path.startsWith('/lib/') ? `/usr${path}` : path;
}

/** The folder of UNIT_PATH that this path lies in directly, or null. */
export function unitFolderOf(path: string): string | null {
  const clean = canonicalPath(path);
  const folder = clean.slice(0, clean.lastIndexOf('/'));
  return UNIT_PATH.includes(folder) ? folder : null;
}
