/** Environment assignments. Facts: systemd.exec(5), "Environment". */

/** Bytes of all variables of a unit. */
export const ENVIRONMENT_SIZE_MAX = 128 * 1024;

export function isEnvironmentName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

export function isEnvironmentAssignment(text: string): boolean {
  const equals = text.indexOf('=');
  return equals > 0 && isEnvironmentName(text.slice(0, equals)) && isEnvironmentValue(text.slice(equals + 1));
}

/** Control characters but tab and newline are refused. */
export function isEnvironmentValue(value: string): boolean {
  return !/(?![\t\n])\p{Cc}/u.test(value);
}

/** Adds assignments; a name that is there already keeps its place and gets the new value. */
export function mergeEnvironment(into: readonly string[], more: readonly string[]): string[] {
  const byName = new Map(into.map((entry) => [entry.slice(0, entry.indexOf('=')), entry]));
  for (const entry of more) byName.set(entry.slice(0, entry.indexOf('=')), entry);
  return [...byName.values()];
}

/** UnsetEnvironment=: a name drops the variable, `NAME=value` only when it has that value. */
export function withoutEnvironment(from: readonly string[], patterns: readonly string[]): string[] {
  const drop = new Set(patterns);
  return from.filter((entry) => !drop.has(entry) && !drop.has(entry.slice(0, entry.indexOf('='))));
}
