/** localectl, from files alone: the locale; a sandbox has no keyboard whose layout could be set. Texts: systemd 255. */
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { exists } from '../run-child.ts';
import { listNames, runVerbProgram, type SmallVerb } from '../verb-program.ts';
import { change, facts, readSettings, writeSettings } from './settings-file.ts';

/** systemd's own file where it is there, else Debian's. */
const FILES = ['/etc/locale.conf', '/etc/default/locale'] as const;
const INSTALLED = '/usr/lib/locale';
const LOCALES_MAX = 4096;
const CATEGORIES = [
  ...['CTYPE', 'NUMERIC', 'TIME', 'COLLATE', 'MONETARY', 'MESSAGES'],
  ...['PAPER', 'NAME', 'ADDRESS', 'TELEPHONE', 'MEASUREMENT', 'IDENTIFICATION'],
];
const VARIABLES = ['LANG', 'LANGUAGE', ...CATEGORIES.map((category) => `LC_${category}`)];

const fileOf = (program: Program): string => FILES.find((path) => exists(program, path)) ?? FILES[1];

function status(program: Program): number {
  const set = readSettings(program, fileOf(program));
  const told = VARIABLES.filter((name) => set.has(name)).map((name) => `${name}=${set.get(name)}`);
  const indent = `\n${' '.repeat('System Locale: '.length)}`;
  program.out(
    facts([
      ['System Locale', told.length === 0 ? '(unset)' : told.join(indent)],
      ['VC Keymap', '(unset)'],
      ['X11 Layout', '(unset)'],
    ]),
  );
  return 0;
}

/** As systemd does: what is named is all that stays. */
function setLocale(program: Program, words: readonly string[]): number {
  const wanted = new Map<string, string>();
  for (const word of words) {
    const [, name = '', value = ''] = /^([A-Z_]+)=(.*)$/.exec(word) ?? [null, 'LANG', word];
    if (!VARIABLES.includes(name) || !/^[\w.@:+-]*$/.test(value))
      throw new UsageError(`Failed to issue method call: Invalid Locale data.`);
    wanted.set(name, value);
  }
  return change('Failed to issue method call', () => writeSettings(program, fileOf(program), wanted));
}

function listLocales(program: Program): number {
  const names = new Set(['C.UTF-8']);
  try {
    for (const { name } of program.sys.readdir(INSTALLED, LOCALES_MAX))
      if (exists(program, `${INSTALLED}/${name}/LC_IDENTIFICATION`)) names.add(name.replace(/\.utf8$/i, '.UTF-8'));
  } catch {
    // Without the folder there is what the C library has in itself.
  }
  return listNames(program, names);
}

const keyboard: SmallVerb = {
  min: 0,
  max: Number.POSITIVE_INFINITY,
  run: () => {
    throw new UsageError('A sandbox has no keyboard: keymaps are not supported.');
  },
};

const VERBS: Readonly<Record<string, SmallVerb>> = {
  status: { min: 0, max: 0, run: status },
  'set-locale': { min: 1, max: Number.POSITIVE_INFINITY, run: setLocale },
  'list-locales': { min: 0, max: 0, run: listLocales },
  'set-keymap': keyboard,
  'list-keymaps': keyboard,
  'set-x11-keymap': keyboard,
};

export const localectl = (program: Program): number =>
  runVerbProgram(program, {
    about: 'Query or change system locale and keyboard settings.',
    standard: 'status',
    options: [{ long: 'full', short: 'l' }, { long: 'no-ask-password' }, { long: 'no-convert' }],
    verbs: VERBS,
  });
