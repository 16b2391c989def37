/** timedatectl, from files alone; the clock follows the host's, so there is no NTP to switch on. Texts: systemd 255. */
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { exists, runChild } from '../run-child.ts';
import { clockText, dateText, formatTimestamp, parseTimestamp, two } from '../text/timestamp.ts';
import { UTC } from '../text/zone.ts';
import { type Asked, listNames, runVerbProgram, type SmallVerb } from '../verb-program.ts';
import { change, facts, textOf } from './settings-file.ts';

const LOCALTIME = '/etc/localtime';
const DEBIAN_NAME = '/etc/timezone';
const ZONES = '/usr/share/zoneinfo';
const LIST_MAX = 1024 * 1024;
const USEC_PER_SEC = 1_000_000;

function zoneName({ sys }: Program): string {
  try {
    return sys.readlink(LOCALTIME).replace(/^.*\/zoneinfo\//, '');
  } catch {
    return 'UTC';
  }
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

/** Moment of the battery's clock, 0 without one. */
const rtcUsec = (program: Program): number =>
  Number(textOf(program, '/sys/class/rtc/rtc0/since_epoch') || '0') * USEC_PER_SEC;

function status(program: Program): number {
  const now = program.nowUsec();
  const ms = Math.floor(now / 1000);
  const rtc = rtcUsec(program);
  const rows: (readonly [string, string])[] = [
    ['Local time', formatTimestamp(now, program.zone)],
    ['Universal time', formatTimestamp(now, UTC)],
    ['RTC time', rtc === 0 ? 'n/a' : formatTimestamp(rtc, UTC).replace(/ UTC$/, '')],
    ['Time zone', `${zoneName(program)} (${program.zone.name(ms)}, ${offsetText(program.zone.offsetMinutes(ms))})`],
    ['System clock synchronized', 'no'],
    ['NTP service', 'n/a'],
    ['RTC in local TZ', 'no'],
  ];
  program.out(facts(rows));
  return 0;
}

function show(program: Program, _words: readonly string[], asked: Asked): number {
  const rtc = rtcUsec(program);
  const rows: (readonly [string, string])[] = [
    ['Timezone', zoneName(program)],
    ['LocalRTC', 'no'],
    ['CanNTP', 'no'],
    ['NTP', 'no'],
    ['NTPSynchronized', 'no'],
    ['TimeUSec', formatTimestamp(program.nowUsec(), program.zone)],
    ...(rtc === 0 ? [] : [['RTCTimeUSec', formatTimestamp(rtc, program.zone)] as const]),
  ];
  const wanted = asked.get('property')?.flatMap((names) => names.split(','));
  for (const [name, value] of rows) {
    if (wanted !== undefined && !wanted.includes(name)) continue;
    program.out(`${asked.has('value') ? value : `${name}=${value}`}\n`);
  }
  return 0;
}

function setTimezone(program: Program, [name = '']: readonly string[]): number {
  const valid = /^[A-Za-z0-9][\w+-]*(\/[\w+-]+)*$/.test(name) && exists(program, `${ZONES}/${name}`);
  if (!valid) throw new UsageError(`Failed to set time zone: Invalid or not installed time zone '${name}'`);
  const { sys } = program;
  return change('Failed to set time zone', () => {
    const beside = `${LOCALTIME}.${sys.getpid()}`;
    sys.symlink(`..${ZONES}/${name}`, beside);
    sys.rename(beside, LOCALTIME);
    // Debian's own record of the name, kept where it is there.
    if (exists(program, DEBIAN_NAME)) sys.writeFileAtomic(DEBIAN_NAME, sys.encode(`${name}\n`), { mode: 0o644 });
  });
}

/** The names in tzdata's own list: `Z Europe/Paris ...`, `L Europe/Paris Europe/Monaco`. */
function listTimezones(program: Program): number {
  const names = new Set(['UTC']);
  const { sys } = program;
  try {
    for (const line of sys.decode(sys.readFile(`${ZONES}/tzdata.zi`, LIST_MAX)).split('\n')) {
      const [kind, first, second] = line.split(' ');
      const name = kind === 'Z' ? first : kind === 'L' ? second : undefined;
      if (name !== undefined) names.add(name);
    }
  } catch {
    // Without tzdata there is UTC alone.
  }
  return listNames(program, names);
}

function setTime(program: Program, [text = '']: readonly string[]): number {
  const usec = parseTimestamp(text, program.nowUsec(), program.zone);
  if (usec === null) throw new UsageError(`Failed to parse time specification '${text}': Invalid argument`);
  const date = new Date(Math.floor(usec / 1000));
  const code = runChild(program, ['date', '-u', '-s', `${dateText(date)} ${clockText(date)}`, '+']);
  if (code !== 0) program.err('Failed to set time: Access denied');
  return code === 0 ? 0 : 1;
}

const refused = (text: string): SmallVerb => ({
  min: 1,
  max: 1,
  run: () => {
    throw new UsageError(text);
  },
});

const VERBS: Readonly<Record<string, SmallVerb>> = {
  status: { min: 0, max: 0, run: status },
  show: { min: 0, max: 0, run: show },
  'set-time': { min: 1, max: 1, run: setTime },
  'set-timezone': { min: 1, max: 1, run: setTimezone },
  'list-timezones': { min: 0, max: 0, run: listTimezones },
  'set-local-rtc': refused('Failed to set local RTC: Operation not supported'),
  'set-ntp': refused('Failed to set ntp: NTP not supported'),
};

export const timedatectl = (program: Program): number =>
  runVerbProgram(program, {
    about: 'Query or change system time and date settings.',
    standard: 'status',
    options: [
      { long: 'no-ask-password' },
      { long: 'adjust-system-clock' },
      { long: 'monitor' },
      { long: 'property', short: 'p', argument: 'required' },
      { long: 'all', short: 'a' },
      { long: 'value' },
    ],
    verbs: VERBS,
  });
