/** shutdown(8), and halt, poweroff and reboot by their own names. Texts: systemd 255. */
import { parseOptions, UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { inZone } from '../text/timestamp.ts';
import {
  announcement,
  cancelSchedule,
  type PowerAction,
  powerNow,
  schedule,
  scheduledMessage,
  scheduledText,
  showSchedule,
} from './schedule.ts';
import { wall } from './wall.ts';

const HELP = `shutdown [OPTIONS...] [TIME] [WALL...]

Shut down the system.

Options:
     --help      Show this help
  -H --halt      Halt the machine
  -P --poweroff  Power-off the machine
  -r --reboot    Reboot the machine
  -h             Equivalent to --poweroff, overridden by --halt
  -k             Don't halt/power-off/reboot, just send warnings
     --no-wall   Don't send wall message before halt/power-off/reboot
  -c             Cancel a pending shutdown
     --show      Show pending shutdown

This is a compatibility interface, please use the more powerful 'systemctl reboot',
'systemctl poweroff', 'systemctl reboot' commands instead.

See the shutdown(8) man page for details.
`;

/** Names with a space are those of letters that have no word. */
const SPECS = [
  { long: 'help' },
  { long: 'halt', short: 'H' },
  { long: 'poweroff', short: 'P' },
  { long: 'reboot', short: 'r' },
  { long: 'kexec', short: 'K' },
  { long: ' power', short: 'h' },
  { long: ' warn', short: 'k' },
  { long: 'no-wall' },
  { long: ' cancel', short: 'c' },
  { long: 'show' },
  // For scripts of other times: without effect.
  { long: ' a', short: 'a' },
  { long: ' f', short: 'f' },
  { long: ' F', short: 'F' },
  { long: ' t', short: 't', argument: 'required' },
] as const;

const USEC_PER_SEC = 1_000_000;
const USEC_PER_MINUTE = 60 * USEC_PER_SEC;
const USEC_PER_DAY = 24 * 60 * USEC_PER_MINUTE;

/** `now`, `+5`, `5`, `23:15`. @returns microseconds since 1970, 0 for now @throws UsageError */
export function shutdownTime(text: string, program: Program): number {
  const now = program.nowUsec();
  if (text === 'now' || /^\+?0+$/.test(text)) return 0;
  const minutes = /^\+?(\d{1,8})$/.exec(text);
  if (minutes !== null) return now + Number(minutes[1]) * USEC_PER_MINUTE;
  const clock = /^(\d{1,2}):(\d{2})$/.exec(text);
  const [hour, minute] = [Number(clock?.[1]), Number(clock?.[2])];
  if (clock === null || hour > 23 || minute > 59) throw new UsageError(`Failed to parse time specification: ${text}`);
  const today = inZone(now, program.zone);
  const passed = ((today.getUTCHours() * 60 + today.getUTCMinutes()) * 60 + today.getUTCSeconds()) * USEC_PER_SEC;
  const wanted = (hour * 60 + minute) * USEC_PER_MINUTE;
  const ahead = wanted > passed ? wanted - passed : wanted - passed + USEC_PER_DAY;
  return (Math.floor(now / USEC_PER_SEC) + ahead / USEC_PER_SEC) * USEC_PER_SEC;
}

function actionOf(asked: ReadonlySet<string>): PowerAction {
  if (asked.has('halt')) return 'halt';
  if (asked.has('reboot')) return 'reboot';
  return asked.has('kexec') ? 'kexec' : 'poweroff';
}

export function shutdown(program: Program): number {
  const asked = new Set<string>();
  const words = parseOptions(program.name, program.argv, SPECS, (option) => void asked.add(option));
  if (asked.has('help')) {
    program.out(HELP);
    return 0;
  }
  if (asked.has('show')) {
    program.err(showSchedule(program));
    return 0;
  }
  const tells = !asked.has('no-wall');
  if (asked.has(' cancel')) return cancelSchedule(program, tells);
  const usec = shutdownTime(words[0] ?? '+1', program);
  const message = words.slice(1).join(' ') || (usec === 0 ? scheduledMessage(program) : '');
  const plan = { action: actionOf(asked), usec, message, tells };
  if (asked.has(' warn') || usec === 0) {
    if (tells) wall(program, announcement(plan, usec, program));
    return asked.has(' warn') ? 0 : powerNow(program, plan.action, 0);
  }
  schedule(program, plan);
  program.err(scheduledText(plan.action, usec, program));
  return 0;
}

const NAMED_SPECS = [
  { long: 'help' },
  { long: 'halt' },
  { long: 'poweroff', short: 'p' },
  { long: 'reboot' },
  { long: 'force', short: 'f' },
  { long: 'wtmp-only', short: 'w' },
  { long: 'no-wtmp', short: 'd' },
  { long: 'no-sync', short: 'n' },
  { long: 'no-wall' },
] as const;

/** `halt`, `poweroff`, `reboot`: the name is the action, an option may say another. */
export function namedPower(program: Program): number {
  const asked = new Set<string>();
  parseOptions(program.name, program.argv, NAMED_SPECS, (option) => void asked.add(option));
  if (asked.has('help')) {
    program.out(`${program.name} [OPTIONS...]\n\nSee the halt(8) man page for details.\n`);
    return 0;
  }
  if (asked.has('wtmp-only')) return 0;
  const own = program.name === 'halt' || program.name === 'reboot' ? program.name : 'poweroff';
  const action = (['halt', 'poweroff', 'reboot'] as const).find((each) => asked.has(each)) ?? own;
  return powerNow(program, action, asked.has('force') ? 2 : 0);
}
