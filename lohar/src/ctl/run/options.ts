/** The command line of systemd-run. Facts: systemd-run(1). */
import { parseCalendar } from '../../unit/calendar/calendar.ts';
import { type OptionSpec, parseOptions, UsageError } from '../options.ts';
import type { Program } from '../program.ts';

const SPECS: readonly OptionSpec[] = [
  { long: 'help', short: 'h' },
  { long: 'version' },
  { long: 'system' },
  { long: 'no-ask-password' },
  { long: 'no-pager' },
  { long: 'scope' },
  { long: 'unit', short: 'u', argument: 'required' },
  { long: 'description', argument: 'required' },
  { long: 'slice', argument: 'required' },
  { long: 'remain-after-exit', short: 'r' },
  { long: 'send-sighup' },
  { long: 'service-type', argument: 'required' },
  { long: 'wait' },
  { long: 'uid', argument: 'required' },
  { long: 'gid', argument: 'required' },
  { long: 'nice', argument: 'required' },
  { long: 'working-directory', argument: 'required' },
  { long: 'same-dir', short: 'd' },
  { long: 'setenv', short: 'E', argument: 'required' },
  { long: 'property', short: 'p', argument: 'required' },
  { long: 'pipe', short: 'P' },
  { long: 'quiet', short: 'q' },
  { long: 'collect', short: 'G' },
  { long: 'no-block' },
  { long: 'expand-environment', argument: 'required' },
  { long: 'on-active', argument: 'required' },
  { long: 'on-boot', argument: 'required' },
  { long: 'on-startup', argument: 'required' },
  { long: 'on-unit-active', argument: 'required' },
  { long: 'on-unit-inactive', argument: 'required' },
  { long: 'on-calendar', argument: 'required' },
  { long: 'on-clock-change' },
  { long: 'timer-property', argument: 'required' },
  { long: 'path-property', argument: 'required' },
  { long: 'socket-property', argument: 'required' },
];
const WITH_ARGUMENT = SPECS.filter(({ argument }) => argument === 'required');

/** Options of the service, as settings of its unit file; `%` is the value as it was given. */
const SERVICE: Readonly<Record<string, string>> = {
  slice: 'Slice=%',
  'remain-after-exit': 'RemainAfterExit=yes',
  'send-sighup': 'SendSIGHUP=yes',
  'service-type': 'Type=%',
  uid: 'User=%',
  gid: 'Group=%',
  nice: 'Nice=%',
  'working-directory': 'WorkingDirectory=%',
  collect: 'CollectMode=inactive-or-failed',
  property: '%',
};
const TIMER: Readonly<Record<string, string>> = {
  'on-active': 'OnActiveSec=%',
  'on-boot': 'OnBootSec=%',
  'on-startup': 'OnStartupSec=%',
  'on-unit-active': 'OnUnitActiveSec=%',
  'on-unit-inactive': 'OnUnitInactiveSec=%',
  'on-calendar': 'OnCalendar=%',
  'on-clock-change': 'OnClockChange=yes',
};

export interface RunWish {
  /** Options that were given. */
  readonly asked: ReadonlySet<string>;
  readonly unit: string;
  readonly description: string;
  /** Settings of the service or scope. */
  readonly properties: readonly string[];
  readonly timer: readonly string[];
  readonly path: readonly string[];
  readonly socket: readonly string[];
  /** `NAME=value` */
  readonly environment: readonly string[];
  readonly command: readonly string[];
}

/** What follows the first word that is no option belongs to the command. */
function optionsEnd(argv: readonly string[]): number {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--' || word === '-' || !word.startsWith('-')) return at;
    const isLong = word.startsWith('--');
    const spec = isLong
      ? WITH_ARGUMENT.find(({ long }) => `--${long}` === word)
      : WITH_ARGUMENT.find(({ short }) => short !== undefined && word.endsWith(short));
    if (spec !== undefined) at++;
  }
  return argv.length;
}

/** `-E NAME` alone takes the variable as it is here. */
function variable(program: Program, value: string): string {
  if (value.includes('=')) return value;
  return `${value}=${program.env.get(value) ?? ''}`;
}

/** @throws UsageError */
export function readOptions(program: Program): RunWish {
  const asked = new Set<string>();
  const properties: string[] = [];
  const lists = { timer: [] as string[], path: [] as string[], socket: [] as string[] };
  const environment: string[] = [];
  let unit = '';
  let description = '';
  const end = optionsEnd(program.argv);
  const command = program.argv.slice(end).filter((word, index) => index > 0 || word !== '--');
  parseOptions(program.name, program.argv.slice(0, end), SPECS, (option, value = '') => {
    asked.add(option);
    if (option === 'on-calendar' && parseCalendar(value, () => true) === null)
      throw new UsageError('Failed to parse calendar event specification: Invalid argument');
    const setting = SERVICE[option];
    const timer = TIMER[option];
    if (option === 'unit') unit = value;
    else if (option === 'description') description = value;
    else if (option === 'setenv') environment.push(variable(program, value));
    else if (option === 'same-dir') properties.push(`WorkingDirectory=${program.sys.realpath('.')}`);
    else if (setting !== undefined) properties.push(setting.replace('%', () => value));
    else if (timer !== undefined) lists.timer.push(timer.replace('%', () => value));
    else if (option === 'timer-property') lists.timer.push(value);
    else if (option === 'path-property') lists.path.push(value);
    else if (option === 'socket-property') lists.socket.push(value);
  });
  if (asked.has('scope') && asked.has('wait'))
    throw new UsageError('--wait may not be combined with --scope, --no-block or timer operations.');
  return { asked, unit, description, properties, ...lists, environment, command };
}
