/** journalctl without a command: the entries that are asked for. */
import type { Entry } from '../../journal/entry.ts';
import type { Filter } from '../../journal/query.ts';
import { lastEntries, type Range, select } from '../../journal/selection.ts';
import { formatEntry } from '../log-output/format-entry.ts';
import { cursorOf, type OutputOptions } from '../log-output/output-format.ts';
import type { Program } from '../program.ts';
import { UTC } from '../text/zone.ts';
import { countsFromEnd, type Settings } from './settings.ts';

export function outputOptions(program: Program, settings: Settings): OutputOptions {
  return {
    format: settings.output,
    all: settings.all,
    full: settings.full,
    columns: program.columns,
    zone: settings.utc ? UTC : program.zone,
    hostname: settings.hostname,
    truncateNewline: settings.truncateNewline,
    colours: program.colours,
    ...(settings.outputFields === undefined ? {} : { fields: settings.outputFields }),
    ...(settings.grep === undefined ? {} : { grep: settings.grep }),
  };
}

/** Prints entries one after the other, with a line where one boot ends and another begins. */
export class EntryPrinter {
  readonly #program: Program;
  readonly #settings: Settings;
  readonly #options: OutputOptions;
  #previous: Entry | undefined;
  shown = 0;

  constructor(program: Program, settings: Settings) {
    this.#program = program;
    this.#settings = settings;
    this.#options = outputOptions(program, settings);
  }

  get last(): Entry | undefined {
    return this.#previous;
  }

  print(entry: Entry): void {
    const boot = entry.context.get('_BOOT_ID');
    const before = this.#previous?.context.get('_BOOT_ID');
    if (before !== undefined && before !== boot && !this.#settings.merge && !this.#settings.quiet) {
      const { bold, normal } = this.#program.colours;
      this.#program.out(`${bold}-- Boot ${boot} --${normal}\n`);
    }
    this.#program.out(formatEntry(entry, this.#options, this.#previous));
    this.#previous = entry;
    this.shown++;
  }
}

/** Where a cursor says to begin. */
export interface Start {
  readonly seq: number;
  /** False: behind that entry. */
  readonly inclusive: boolean;
}

function withStart(range: Range, start: Start, reverse: boolean): Range {
  const at = start.inclusive ? start.seq : start.seq + (reverse ? -1 : 1);
  if (reverse) return { ...range, toSeq: Math.min(at, range.toSeq ?? at) };
  return { ...range, fromSeq: Math.max(at, range.fromSeq ?? 0) };
}

/** The entries to print, in the order in which they are printed. */
export function* wantedEntries(
  program: Program,
  settings: Settings,
  folder: string,
  filter: Filter,
  range: Range,
  start: Start | null,
): Generator<Entry> {
  const { reverse, lines } = settings;
  const from = start === null ? range : withStart(range, start, reverse);
  const limit = typeof lines === 'number' ? lines : Number.POSITIVE_INFINITY;
  if (limit === 0) return;
  if (!reverse && start === null && countsFromEnd(settings)) {
    yield* lastEntries(program.sys, folder, filter, from, limit);
    return;
  }
  let count = 0;
  for (const entry of select(program.sys, folder, filter, from, reverse ? 'backward' : 'forward')) {
    yield entry;
    if (++count >= limit) return;
  }
}

/** `--show-cursor` and `--cursor-file`, after the entries. */
export function saveCursor(program: Program, settings: Settings, last: Entry | undefined): void {
  if (last === undefined) return;
  if (settings.showCursor) program.out(`-- cursor: ${cursorOf(last)}\n`);
  if (settings.cursorFile !== undefined)
    program.sys.writeFileAtomic(settings.cursorFile, program.sys.encode(`${cursorOf(last)}\n`));
}
