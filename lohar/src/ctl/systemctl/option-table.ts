/** The options of systemctl and what each does to the settings. Facts: systemctl(1). */
import { UNIT_TYPES } from '../../unit/model.ts';
import { parseSignal, signalName } from '../../unit/value/signal.ts';
import { isOutputFormat, OUTPUT_FORMATS } from '../log-output/output-format.ts';
import { type OptionSpec, UsageError } from '../options.ts';
import type { Settings, TimestampStyle } from './settings.ts';

const flag = (long: string, short?: string): OptionSpec => (short === undefined ? { long } : { long, short });
const value = (long: string, short?: string): OptionSpec => ({ ...flag(long, short), argument: 'required' });

export const SPECS: readonly OptionSpec[] = [
  flag('help', 'h'),
  flag('version'),
  value('type', 't'),
  value('property', 'p'),
  flag('all', 'a'),
  flag('reverse'),
  flag('after'),
  flag('before'),
  flag('show-types'),
  flag('failed'),
  flag('full', 'l'),
  value('job-mode'),
  flag('fail'),
  flag('irreversible'),
  flag('ignore-dependencies'),
  flag('ignore-inhibitors', 'i'),
  value('check-inhibitors'),
  flag('value'),
  flag('user'),
  flag('system'),
  flag('global'),
  flag('wait'),
  flag('no-block'),
  value('legend'),
  flag('no-legend'),
  flag('no-pager'),
  flag('no-wall'),
  flag('dry-run'),
  flag('quiet', 'q'),
  flag('no-warn'),
  value('root'),
  value('image'),
  value('image-policy'),
  flag('force', 'f'),
  flag('no-reload'),
  value('kill-whom'),
  value('kill-value'),
  value('signal', 's'),
  flag('no-ask-password'),
  value('host', 'H'),
  value('machine', 'M'),
  flag('runtime'),
  value('lines', 'n'),
  value('output', 'o'),
  flag('plain'),
  value('state'),
  flag('recursive', 'r'),
  flag('with-dependencies'),
  value('preset-mode'),
  flag('firmware-setup'),
  value('boot-loader-menu'),
  value('boot-loader-entry'),
  flag('now'),
  value('message'),
  flag('show-transaction', 'T'),
  value('what'),
  value('reboot-argument'),
  value('timestamp'),
  flag('read-only'),
  flag('mkdir'),
  flag('marked'),
  value('drop-in'),
  value('when'),
  // Not for people: `-P NAME` is -p and --value, and `-.mount` gets a hint.
  { long: ' property-value', short: 'P', argument: 'required' },
  { long: ' dash-unit', short: '.', argument: 'optional' },
];

const LOAD_STATES = new Set(['stub', 'loaded', 'not-found', 'bad-setting', 'error', 'merged', 'masked']);
const TIMESTAMPS: readonly TimestampStyle[] = ['pretty', 'us', 'utc', 'us+utc', 'unix'];
const PRESET_MODES = ['full', 'enable-only', 'disable-only'] as const;
const CLEAN_WHAT = 'runtime\nstate\ncache\nlogs\nconfiguration\nfdstore\n';
const TYPES_HELP = `Available unit types:\n${[...UNIT_TYPES]
  .sort()
  .map((type) => `${type}\n`)
  .join('')}`;
const said = (words: string) => async (): Promise<string> => words;
const lines = (words: readonly string[]): string => words.map((word) => `${word}\n`).join('');

export type OnFlag = (settings: Settings) => void;
export const FLAGS: Readonly<Record<string, OnFlag>> = {
  help: (s) => {
    s.print = async () => (await import('./help-text.ts')).HELP;
  },
  version: (s) => {
    s.print = async () => (await import('../systemd-version.ts')).VERSION_TEXT;
  },
  all: (s) => {
    s.all = true;
    s.showEmpty = true;
  },
  reverse: (s) => {
    s.dependency = 'reverse';
  },
  after: (s) => {
    s.dependency = 'after';
    s.jobsAfter = true;
  },
  before: (s) => {
    s.dependency = 'before';
    s.jobsBefore = true;
  },
  'show-types': (s) => {
    s.showTypes = true;
  },
  failed: (s) => {
    s.states.push('failed');
  },
  full: (s) => {
    s.full = true;
  },
  fail: (s) => {
    s.jobMode = 'fail';
  },
  irreversible: (s) => {
    s.jobMode = 'replace-irreversibly';
  },
  'ignore-dependencies': (s) => {
    s.jobMode = 'ignore-dependencies';
  },
  value: (s) => {
    s.valueOnly = true;
  },
  user: (s) => {
    s.scope = 'user';
  },
  system: (s) => {
    s.scope = 'system';
  },
  global: (s) => {
    s.scope = 'global';
  },
  wait: (s) => {
    s.wait = true;
  },
  'no-block': (s) => {
    s.noBlock = true;
  },
  'no-legend': (s) => {
    s.legend = false;
  },
  'no-wall': (s) => {
    s.noWall = true;
  },
  'dry-run': (s) => {
    s.dryRun = true;
  },
  quiet: (s) => {
    s.quiet = true;
    s.legend ??= false;
  },
  'no-warn': (s) => {
    s.noWarn = true;
  },
  force: (s) => {
    s.force++;
  },
  'no-reload': (s) => {
    s.noReload = true;
  },
  runtime: (s) => {
    s.runtime = true;
  },
  plain: (s) => {
    s.plain = true;
  },
  'with-dependencies': (s) => {
    s.withDependencies = true;
  },
  now: (s) => {
    s.now = true;
  },
};

function setTypes(s: Settings, text: string): void {
  if (text === '') throw new UsageError('--type= requires arguments.');
  for (const word of text.split(',').filter((each) => each !== '')) {
    if (word === 'help') s.print = said(TYPES_HELP);
    else if ((UNIT_TYPES as readonly string[]).includes(word)) s.types.push(word);
    else if (LOAD_STATES.has(word)) s.states.push(word);
    else
      throw new UsageError(`Unknown unit type or load state '${word}'.\nUse -t help to see a list of allowed values.`);
  }
}

function setStates(s: Settings, text: string): void {
  if (text === '') throw new UsageError('--state= requires arguments.');
  for (const word of text.split(',').filter((each) => each !== '')) {
    if (word === 'help') s.print = async () => (await import('./states-help.ts')).STATES_HELP;
    else s.states.push(word);
  }
}

function setProperties(s: Settings, text: string): void {
  s.properties = [...(s.properties ?? []), ...text.split(',').filter((each) => each !== '')];
  s.showEmpty = true;
}

/** As systemd lists them: numbers without a name, 0 among them, by their number. */
const SIGNALS = Array.from({ length: 65 }, (_, signal) => (signal === 34 ? 'RTMIN+0' : signalName(signal)));

function setSignal(s: Settings, text: string): void {
  if (text === 'help' || text === 'list') {
    s.print = said(lines(SIGNALS));
    return;
  }
  const signal = parseSignal(text);
  if (signal === null) throw new UsageError(`Failed to parse signal string "${text}".`);
  s.signal = signal;
}

function setOutput(s: Settings, text: string): void {
  if (text === 'help') {
    s.print = said(lines(OUTPUT_FORMATS));
    return;
  }
  if (!isOutputFormat(text)) throw new UsageError(`Unknown output '${text}'.`);
  s.output = text;
  if (!text.startsWith('json')) return;
  s.legend = false;
  s.plain = true;
}

function setLegend(s: Settings, text: string): void {
  if (/^(?:1|yes|y|true|t|on)$/i.test(text)) s.legend = true;
  else if (/^(?:0|no|n|false|f|off)$/i.test(text)) s.legend = false;
  else throw new UsageError(`Failed to parse boolean argument to --legend=: ${text}.`);
}

function oneOf<T extends string>(s: Settings, words: readonly T[], text: string, error: string): T | null {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  if (text !== 'help') throw new UsageError(error);
  s.print = said(lines(words));
  return null;
}

export type OnValue = (settings: Settings, text: string) => void;
export const VALUES: Readonly<Record<string, OnValue>> = {
  type: setTypes,
  state: setStates,
  property: setProperties,
  ' property-value': (s, text) => {
    setProperties(s, text);
    s.valueOnly = true;
  },
  'job-mode': (s, text) => {
    s.jobMode = text;
  },
  legend: setLegend,
  root: (s, text) => {
    s.root = text.replace(/\/+$/, '');
  },
  image: () => {
    throw new UsageError('--image= is not supported.');
  },
  'kill-whom': (s, text) => {
    s.killWhom = text;
  },
  'kill-value': (s, text) => {
    if (!/^-?(?:\d{1,10}|0x[0-9a-fA-F]{1,8})$/.test(text)) {
      throw new UsageError(`Unable to parse signal queue value: ${text}`);
    }
    s.killValue = Number(text);
  },
  signal: setSignal,
  host: (s, text) => {
    s.host = text;
  },
  machine: (s, text) => {
    s.host = text;
  },
  lines: (s, text) => {
    if (!/^\d{1,9}$/.test(text)) throw new UsageError(`Failed to parse lines '${text}'`);
    s.lines = Number(text);
  },
  output: setOutput,
  'preset-mode': (s, text) => {
    s.presetMode = oneOf(s, PRESET_MODES, text, `Failed to parse preset mode: ${text}.`) ?? s.presetMode;
  },
  what: (s, text) => {
    if (text === '') throw new UsageError('--what= requires arguments.');
    if (text === 'help') s.print = said(CLEAN_WHAT);
    else s.what.push(...text.split(',').filter((each) => each !== ''));
  },
  timestamp: (s, text) => {
    const known = text.replace(/^[µμ]s/, 'us');
    s.timestamp = oneOf(s, TIMESTAMPS, known, `Invalid value: ${text}.`) ?? s.timestamp;
  },
  'drop-in': (s, text) => {
    s.dropIn = text;
  },
  when: (s, text) => {
    s.when = text;
    if (text === 'show')
      s.print = async (program) => `${(await import('../power/schedule.ts')).showSchedule(program)}\n`;
  },
  message: (s, text) => {
    s.message = text;
  },
  'check-inhibitors': (_s, text) => {
    if (!/^(?:auto|1|yes|y|true|t|on|0|no|n|false|f|off)$/i.test(text))
      throw new UsageError(`Failed to parse --check-inhibitors= argument: ${text}`);
  },
};
