/** The options of journalctl and what each does to the settings. Facts: journalctl(1). */
import { parseSize } from '../../unit/value/size.ts';
import { parseTimeSpan } from '../../unit/value/time-span.ts';
import { isOutputFormat } from '../log-output/output-format.ts';
import { type Following, type OptionSpec, UsageError } from '../options.ts';
import { parseTimestamp } from '../text/timestamp.ts';
import type { Zone } from '../text/zone.ts';
import { parseFacilities, parseLevels } from './levels.ts';
import type { Action, BootChoice, Settings } from './settings.ts';

const none = (long: string, short?: string): OptionSpec => (short === undefined ? { long } : { long, short });
const required = (long: string, short?: string): OptionSpec => ({ ...none(long, short), argument: 'required' });
const optional = (long: string, short?: string): OptionSpec => ({ ...none(long, short), argument: 'optional' });

export const SPECS: readonly OptionSpec[] = [
  none('help', 'h'),
  none('version'),
  none('no-pager'),
  none('pager-end', 'e'),
  none('follow', 'f'),
  none('force'),
  required('output', 'o'),
  none('all', 'a'),
  none('full', 'l'),
  none('no-full'),
  optional('lines', 'n'),
  none('truncate-newline'),
  none('no-tail'),
  none('new-id128'),
  none('quiet', 'q'),
  none('merge', 'm'),
  none('this-boot'),
  optional('boot', 'b'),
  none('list-boots'),
  none('dmesg', 'k'),
  none('system'),
  none('user'),
  required('directory', 'D'),
  required('file'),
  required('root'),
  required('image'),
  required('image-policy'),
  none('header'),
  required('identifier', 't'),
  required('priority', 'p'),
  required('facility'),
  required('grep', 'g'),
  optional('case-sensitive'),
  none('setup-keys'),
  required('interval'),
  none('verify'),
  required('verify-key'),
  none('disk-usage'),
  required('cursor', 'c'),
  required('cursor-file'),
  required('after-cursor'),
  none('show-cursor'),
  required('since', 'S'),
  required('until', 'U'),
  required('unit', 'u'),
  required('user-unit'),
  required('field', 'F'),
  none('fields', 'N'),
  none('catalog', 'x'),
  none('list-catalog'),
  none('dump-catalog'),
  none('update-catalog'),
  none('reverse', 'r'),
  required('machine', 'M'),
  none('utc'),
  none('flush'),
  none('relinquish-var'),
  none('smart-relinquish-var'),
  none('sync'),
  none('rotate'),
  required('vacuum-size'),
  required('vacuum-files'),
  required('vacuum-time'),
  none('no-hostname'),
  required('output-fields'),
  required('namespace'),
];

/** Asked only when an option names a moment: the zone is a file to read. */
export interface Now {
  nowUsec(): number;
  readonly zone: Zone;
}

function integer(text: string): number | null {
  return /^[+-]?\d{1,9}$/.test(text) ? Number(text) : null;
}

/** `0`, `-1`, `ID`, `ID-2`, `all`; null when it is none of these. */
function bootChoice(text: string): BootChoice | 'all' | null {
  if (text === 'all') return 'all';
  const found = /^([0-9a-fA-F]{32})([+-]\d{1,9})?$/.exec(text);
  if (found !== null) return { id: (found[1] ?? '').toLowerCase(), offset: Number(found[2] ?? 0) };
  const offset = integer(text);
  return offset === null ? null : { id: '', offset };
}

export function setBoot(settings: Settings, value: string | undefined, following: Following): void {
  settings.boot = { id: '', offset: 0 };
  const text = value ?? following.next;
  const choice = text === undefined ? null : bootChoice(text);
  if (choice === null) {
    if (value !== undefined) throw new UsageError(`Failed to parse boot descriptor '${value}'`);
    return;
  }
  if (value === undefined) following.take();
  if (choice === 'all') delete settings.boot;
  else settings.boot = choice;
}

export function setLines(settings: Settings, value: string | undefined, following: Following): void {
  const text = value ?? following.next;
  settings.lines = 10;
  settings.oldest = false;
  const count = text === undefined ? null : integer(text);
  const valid = text === 'all' || (count !== null && count >= 0);
  if (!valid) {
    if (value !== undefined) throw new UsageError(`Failed to parse --lines='${value}'.`);
    return;
  }
  if (value === undefined) following.take();
  settings.lines = count ?? 'all';
  settings.oldest = text?.startsWith('+') === true;
}

function setOutput(settings: Settings, value: string): void {
  if (value === 'help') {
    settings.action = 'help-output';
    return;
  }
  if (!isOutputFormat(value)) throw new UsageError(`Unknown output format '${value}'.`);
  settings.output = value;
  if (value === 'export' || value === 'cat' || value.startsWith('json')) settings.quiet = true;
}

function moment(value: string, now: Now): number {
  const usec = parseTimestamp(value, now.nowUsec(), now.zone);
  if (usec === null) throw new UsageError(`Failed to parse timestamp: ${value}`);
  return usec;
}

function setVacuum(settings: Settings, what: string, value: string): void {
  if (what === 'vacuum-size') {
    const bytes = parseSize(value);
    if (bytes === null) throw new UsageError(`Failed to parse vacuum size: ${value}`);
    settings.vacuumBytes = bytes;
  } else if (what === 'vacuum-files') {
    const files = integer(value);
    if (files === null || files < 0) throw new UsageError(`Failed to parse vacuum files: ${value}`);
    settings.vacuumFiles = files;
  } else {
    const usec = parseTimeSpan(value);
    if (usec === null) throw new UsageError(`Failed to parse vacuum time: ${value}`);
    settings.vacuumUsec = usec;
  }
  settings.action = settings.action === 'rotate' ? 'rotate-and-vacuum' : 'vacuum';
}

export function setCase(settings: Settings, value: string | undefined): void {
  if (value === undefined || /^(?:1|yes|y|true|t|on)$/i.test(value)) settings.caseSensitive = true;
  else if (/^(?:0|no|n|false|f|off)$/i.test(value)) settings.caseSensitive = false;
  else throw new UsageError(`Bad --case-sensitive= argument "${value}": Invalid argument`);
}

/** Options of things that this journal does not have: sealing, images, a catalog. */
export const UNSUPPORTED = new Set([
  'setup-keys',
  'verify-key',
  'interval',
  'force',
  'image',
  'update-catalog',
  'dump-catalog',
]);
export const ACTIONS: Readonly<Record<string, Action>> = {
  help: 'help',
  version: 'version',
  'list-boots': 'list-boots',
  fields: 'list-field-names',
  header: 'header',
  verify: 'verify',
  'disk-usage': 'disk-usage',
  flush: 'flush',
  sync: 'sync',
  'relinquish-var': 'nothing',
  'smart-relinquish-var': 'nothing',
  'list-catalog': 'list-catalog',
};
/** Options without a value. */
export const FLAGS: Readonly<Record<string, (settings: Settings) => void>> = {
  'no-pager': (s) => {
    s.pager = false;
  },
  follow: (s) => {
    s.follow = true;
  },
  all: (s) => {
    s.all = true;
  },
  full: (s) => {
    s.full = true;
  },
  'no-full': (s) => {
    s.full = false;
  },
  'truncate-newline': (s) => {
    s.truncateNewline = true;
  },
  'no-tail': (s) => {
    s.noTail = true;
  },
  quiet: (s) => {
    s.quiet = true;
  },
  merge: (s) => {
    s.merge = true;
  },
  'this-boot': (s) => {
    s.boot = { id: '', offset: 0 };
  },
  dmesg: (s) => {
    s.kernel = true;
    s.boot ??= { id: '', offset: 0 };
  },
  system: (s) => {
    s.scope = 'system';
  },
  user: (s) => {
    s.scope = 'user';
  },
  'show-cursor': (s) => {
    s.showCursor = true;
  },
  catalog: (s) => {
    s.catalog = true;
  },
  reverse: (s) => {
    s.reverse = true;
  },
  utc: (s) => {
    s.utc = true;
  },
  'no-hostname': (s) => {
    s.hostname = false;
  },
  rotate: (s) => {
    s.action = s.action === 'vacuum' ? 'rotate-and-vacuum' : 'rotate';
  },
  'pager-end': (s) => {
    s.pagerEnd = true;
    if (s.lines === 'default') s.lines = 1000;
  },
};

/** Options with a value. */
export const VALUES: Readonly<Record<string, (settings: Settings, value: string, now: Now) => void>> = {
  output: setOutput,
  directory: (s, value) => {
    s.folder = value;
  },
  file: (s, value) => {
    s.files.push(value);
  },
  root: (s, value) => {
    s.root = value;
  },
  machine: (s, value) => {
    s.machine = value;
  },
  identifier: (s, value) => {
    s.identifiers.push(value);
  },
  priority: (s, value) => {
    s.priorities = parseLevels(value);
  },
  facility: (s, value) => {
    const facilities = parseFacilities(value);
    if (facilities === 'help') s.action = 'help-facility';
    else s.facilities = new Set([...(s.facilities ?? []), ...facilities]);
  },
  grep: (s, value) => {
    s.pattern = value;
  },
  cursor: (s, value) => {
    s.cursor = value;
  },
  'cursor-file': (s, value) => {
    s.cursorFile = value;
  },
  'after-cursor': (s, value) => {
    s.afterCursor = value;
  },
  since: (s, value, now) => {
    s.sinceUs = moment(value, now);
  },
  until: (s, value, now) => {
    s.untilUs = moment(value, now);
  },
  unit: (s, value) => {
    s.units.push(value);
  },
  'user-unit': (s, value) => {
    s.userUnits.push(value);
  },
  field: (s, value) => {
    s.action = 'list-field-values';
    s.field = value;
  },
  'output-fields': (s, value) => {
    s.outputFields = new Set([...(s.outputFields ?? []), ...value.split(',')]);
  },
  'vacuum-size': (s, value) => setVacuum(s, 'vacuum-size', value),
  'vacuum-files': (s, value) => setVacuum(s, 'vacuum-files', value),
  'vacuum-time': (s, value) => setVacuum(s, 'vacuum-time', value),
};
