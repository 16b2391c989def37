/** What the verbs print: results on stdout, everything else on stderr. */
import { styleText } from 'node:util';
import type { BhattiError } from '@bhatti/wire/errors.ts';

type Style = 'red' | 'green' | 'yellow' | 'dim' | 'bold';

/** Colour where a person looks: on a terminal, and not against NO_COLOR or TERM=dumb. */
function styled(style: Style, text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY && process.env.TERM !== 'dumb' ? styleText(style, text, { stream }) : text;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The API's own words, for programs. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function style(kind: Style, text: string): string {
  return styled(kind, text, process.stdout);
}

/** "Error: cannot ...: ..." and what to do about it; with --json the error as the API tells it. */
export function printError(error: BhattiError, json: boolean): void {
  if (json) {
    note(JSON.stringify({ error: error.toBody() }));
    return;
  }
  note(`${styled('red', 'Error:', process.stderr)} ${error.message}`);
  if (error.remedy !== '') note(`${styled('dim', 'Try:', process.stderr)} ${error.remedy}`);
}

/** Columns as wide as their widest cell, two spaces apart; nothing follows the last one. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** '3 s', '5 min', '2 h', '9 d': how long ago, roughly. */
export function age(iso: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(iso)) / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** '1 cpu', '2 cpus'. */
export function cpusText(cpus: number): string {
  return `${cpus} cpu${cpus === 1 ? '' : 's'}`;
}

/** '512 MiB', '1.5 GiB'. */
export function mebibytesText(mib: number): string {
  return mib < 1024 ? `${mib} MiB` : `${Number((mib / 1024).toFixed(1))} GiB`;
}

/** '0.4 s', '75 s'. */
export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/** Guests choose these texts: what would repaint the terminal is shown as ?. */
export function harmless(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}
