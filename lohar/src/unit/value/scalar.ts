/** Booleans and file modes. Facts: systemd.syntax(7), systemd.exec(5). */

const YES: ReadonlySet<string> = new Set(['1', 'yes', 'y', 'true', 't', 'on']);
const NO: ReadonlySet<string> = new Set(['0', 'no', 'n', 'false', 'f', 'off']);

/** null when it is neither. */
export function parseBoolean(text: string): boolean | null {
  const word = text.toLowerCase();
  if (YES.has(word)) return true;
  return NO.has(word) ? false : null;
}

export const formatBoolean = (value: boolean): string => (value ? 'yes' : 'no');

/** Octal, up to 07777; null when it is none. */
export function parseMode(text: string): number | null {
  if (!/^[0-7]+$/.test(text)) return null;
  const mode = Number.parseInt(text, 8);
  return mode > 0o7777 ? null : mode;
}

export const formatMode = (mode: number): string => mode.toString(8).padStart(4, '0');
