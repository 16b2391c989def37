/** journalctl: reads the journal's files itself; only what changes them goes to PID 1. */
import { type Boot, listBoots } from '../../journal/boots.ts';
import { JOURNAL_FOLDER } from '../../journal/places.ts';
import { Filter, type Query } from '../../journal/query.ts';
import type { Range } from '../../journal/selection.ts';
import { mangleName } from '../../unit/name-escape.ts';
import { OUTPUT_FORMATS, parseCursor } from '../log-output/output-format.ts';
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { VERSION_TEXT } from '../systemd-version.ts';
import { checkAccess } from './access.ts';
import { diskUsage, maintain, printBoots, printFields, printHeader, verify } from './commands.ts';
import { Follower } from './follow.ts';
import { HELP } from './help-text.ts';
import { FACILITIES } from './levels.ts';
import { parseMatches } from './matches.ts';
import { parseSettings } from './parse-settings.ts';
import type { Settings } from './settings.ts';
import { EntryPrinter, type Start, saveCursor, wantedEntries } from './show.ts';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
const SMALL_FILE_MAX = 4096;

function folderOf(settings: Settings): string {
  if (settings.folder !== undefined) return settings.folder;
  if (settings.root !== undefined) return `${settings.root.replace(/\/+$/, '')}${JOURNAL_FOLDER}`;
  return JOURNAL_FOLDER;
}

function unitsOf(program: Program, settings: Settings): Pick<Query, 'units' | 'unitPatterns'> {
  const units: string[] = [];
  const unitPatterns: string[] = [];
  for (const typed of settings.units) {
    const mangled = mangleName(typed, '.service', true);
    if (mangled.is === 'bad') throw new UsageError('Failed to add filter for units: Invalid argument');
    const name = mangled.is === 'name' ? mangled.name : mangled.pattern;
    (mangled.is === 'name' ? units : unitPatterns).push(name);
    if (mangled.escaped && !settings.quiet)
      program.err(`Invalid unit name "${typed}" escaped as "${name}" (maybe you should use systemd-escape?).`);
  }
  // There are no user managers, so nothing is of a user's unit.
  if (settings.userUnits.length > 0 && settings.units.length === 0) units.push('');
  return { units, unitPatterns };
}

function currentBoot(program: Program): string {
  return program.sys.decode(program.sys.readFile(BOOT_ID, SMALL_FILE_MAX)).trim().replaceAll('-', '');
}

function signed(offset: number): string {
  return offset < 0 ? String(offset) : `+${offset}`;
}

/** `-b`: offsets count from the current boot back, and from the first one up (1 is the first). */
function findBoot(boots: readonly Boot[], choice: NonNullable<Settings['boot']>): Boot {
  const { id, offset } = choice;
  const last = boots.length - 1;
  const base = id !== '' ? boots.findIndex((boot) => boot.id === id) : offset > 0 ? -1 : last;
  if (id !== '' && base < 0) throw new UsageError(`No journal boot entry found from the specified boot ID (${id}).`);
  const found = boots[base + offset];
  if (found === undefined)
    throw new UsageError(`No journal boot entry found from the specified boot offset (${signed(offset)}).`);
  return found;
}

function bootRange(program: Program, settings: Settings, folder: string): Range & { bootId?: string } {
  const { boot } = settings;
  if (boot === undefined) return {};
  const boots = listBoots(program.sys, folder);
  const isCurrent = boot.id === '' && boot.offset === 0 && settings.folder === undefined && settings.root === undefined;
  if (isCurrent) {
    const bootId = currentBoot(program);
    const known = boots.find((each) => each.id === bootId);
    return known === undefined ? { bootId } : { bootId, fromSeq: known.firstSeq };
  }
  const found = findBoot(boots, boot);
  return {
    bootId: found.id,
    fromSeq: found.firstSeq,
    ...(found.lastSeq === undefined ? {} : { toSeq: found.lastSeq }),
  };
}

function queryOf(program: Program, settings: Settings, bootId: string | undefined): Query {
  const { kernel, priorities, facilities, identifiers, grep } = settings;
  return {
    ...unitsOf(program, settings),
    kernelOnly: kernel,
    matches: parseMatches(program.sys, settings.matches),
    ...(bootId === undefined ? {} : { bootId }),
    ...(priorities === undefined ? {} : { priorities }),
    ...(facilities === undefined ? {} : { facilities }),
    ...(identifiers.length === 0 ? {} : { identifiers: new Set(identifiers) }),
    ...(grep === undefined ? {} : { grep }),
  };
}

function startOf(program: Program, settings: Settings): Start | null {
  let text = settings.cursor ?? settings.afterCursor;
  let inclusive = settings.afterCursor === undefined;
  if (settings.cursorFile !== undefined) {
    try {
      text = program.sys.decode(program.sys.readFile(settings.cursorFile, SMALL_FILE_MAX)).split('\n', 1)[0];
      inclusive = false;
    } catch {
      // The first call with this file writes it.
    }
  }
  if (text === undefined || text === '') return null;
  const seq = parseCursor(text);
  if (seq === null) throw new UsageError('Failed to seek to cursor: Invalid argument');
  return { seq, inclusive };
}

function follow(program: Program, follower: Follower, printer: EntryPrinter): null {
  program.flush();
  const { sys, loop } = program;
  loop.watch(follower.fd, 'in', () => {
    for (const entry of follower.take(printer.last?.record.seq ?? 0)) printer.print(entry);
    program.flush();
  });
  try {
    // Nobody reads any more: a pipe's other end was closed.
    loop.watch(1, 'none', ({ hangup }) => hangup && sys.exit(0));
  } catch {
    // A regular file cannot be watched, nor does it hang up.
  }
  return null;
}

function show(program: Program, settings: Settings, folder: string): number | null {
  const { bootId, ...bounds } = bootRange(program, settings, folder);
  const filter = new Filter(queryOf(program, settings, bootId));
  if (settings.action !== 'show') return printFields(program, settings, folder, filter);
  const range: Range = {
    ...bounds,
    ...(settings.sinceUs === undefined ? {} : { sinceUs: settings.sinceUs }),
    ...(settings.untilUs === undefined ? {} : { untilUs: settings.untilUs }),
  };
  const start = startOf(program, settings);
  const follower = settings.follow ? new Follower(program.sys, folder, filter) : null;
  const printer = new EntryPrinter(program, settings);
  for (const entry of wantedEntries(program, settings, folder, filter, range, start)) printer.print(entry);
  if (follower !== null) return follow(program, follower, printer);
  if (printer.shown === 0 && !settings.quiet) program.out('-- No entries --\n');
  saveCursor(program, settings, printer.last);
  return settings.grep !== undefined && printer.shown === 0 ? 1 : 0;
}

const TEXTS: Partial<Record<Settings['action'], string>> = {
  help: HELP,
  version: VERSION_TEXT,
  'help-output': OUTPUT_FORMATS.map((format) => `${format}\n`).join(''),
  'help-facility': `Available facilities:\n${FACILITIES.map((name) => `${name}\n`).join('')}`,
  nothing: '',
  'list-catalog': '',
};

export function journalctl(program: Program): number | null {
  const settings = parseSettings(program.argv, program);
  const text = TEXTS[settings.action];
  if (text !== undefined) {
    program.out(text);
    return 0;
  }
  const folder = folderOf(settings);
  if (settings.action === 'unsupported') {
    program.err(`Failed to use --${settings.unsupported}: Operation not supported`);
    return 1;
  }
  if (settings.action === 'rotate' || settings.action === 'flush' || settings.action === 'sync')
    return maintain(program, settings, folder);
  const access = checkAccess(program.sys, folder, settings.quiet);
  for (const line of access.notices) program.err(line);
  if (!access.ok) return 1;
  switch (settings.action) {
    case 'disk-usage':
      return diskUsage(program, folder);
    case 'list-boots':
      return printBoots(program, settings, folder);
    case 'header':
      return printHeader(program, folder);
    case 'verify':
      return verify(program, folder);
    case 'vacuum':
    case 'rotate-and-vacuum':
      return maintain(program, settings, folder);
    default:
      return show(program, settings, folder);
  }
}
