/** Stands in for node:util. */
import { ownProcess } from './process.ts';

// ECMA-48: on, off
const STYLES = { red: [31, 39], green: [32, 39], yellow: [33, 39], dim: [2, 22], bold: [1, 22] } as const;

/** For a terminal, against which nothing was said but by these variables. */
export function styleText(style: keyof typeof STYLES, text: string): string {
  if (ownProcess.env.NO_COLOR || ownProcess.env.NODE_DISABLE_COLORS) return text;
  const [on, off] = STYLES[style];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}
