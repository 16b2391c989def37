/** The formats of `journalctl -o` and `systemctl status -o`. */
import type { Entry } from '../../journal/entry.ts';
import type { Palette } from '../text/colour.ts';
import type { Zone } from '../text/zone.ts';

/** In the order in which `-o help` lists them. */
export const OUTPUT_FORMATS = [
  'short',
  'short-full',
  'short-iso',
  'short-iso-precise',
  'short-precise',
  'short-monotonic',
  'short-delta',
  'short-unix',
  'verbose',
  'export',
  'json',
  'json-pretty',
  'json-sse',
  'json-seq',
  'cat',
  'with-unit',
] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export function isOutputFormat(text: string): text is OutputFormat {
  return (OUTPUT_FORMATS as readonly string[]).includes(text);
}

export interface OutputOptions {
  readonly format: OutputFormat;
  /** Unprintable and long values, too. */
  readonly all: boolean;
  /** False: lines are cut at the terminal's width. */
  readonly full: boolean;
  readonly columns: number;
  readonly zone: Zone;
  readonly hostname: boolean;
  readonly truncateNewline: boolean;
  /** --output-fields= */
  readonly fields?: ReadonlySet<string>;
  readonly colours: Palette;
  /** --grep: what matched is marked. */
  readonly grep?: RegExp;
}

/** `s=…;i=…;b=…;m=…;t=…;x=…`, systemd's form; found again by its `i`. */
export function cursorOf(entry: Entry): string {
  const hex = (value: number) => value.toString(16);
  const boot = entry.context.get('_BOOT_ID') ?? '';
  const { seq, monotonicUs } = entry.record;
  return `s=${seqnumId(entry)};i=${hex(seq)};b=${boot};m=${hex(monotonicUs)};t=${hex(entry.realtimeUs)};x=${hex(seq)}`;
}

/** Numbers belong to a machine's journal. */
export function seqnumId(entry: Entry): string {
  return entry.context.get('_MACHINE_ID') ?? '';
}

/** @returns the number of the entry that a cursor names, null for something that is no cursor */
export function parseCursor(cursor: string): number | null {
  const found = /^(?:[a-z]=[0-9a-f]*;)*i=([0-9a-f]+)(?:;[a-z]=[0-9a-f]*)*$/.exec(cursor);
  return found === null ? null : Number.parseInt(found[1] ?? '', 16);
}
