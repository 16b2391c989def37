/**
 * A shutdown at a time: a record where logind has its own, and a timer unit of PID 1 that calls `shutdown now` then. A
 * second one takes the place of the first; what PID 1 does when it executes itself anew, a timer survives.
 */
import { SysError } from '@bhatti/runtime/sys.ts';
import type { Request } from '../../control/protocol.ts';
import { ask } from '../control-client.ts';
import { readSettings, writeSettings } from '../identity/settings-file.ts';
import { UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { formatTimestamp } from '../text/timestamp.ts';
import { UTC } from '../text/zone.ts';
import { wall } from './wall.ts';

const RECORD = '/run/systemd/shutdown/scheduled';
const UNIT = 'bhatti-shutdown-at';
const USEC_PER_SEC = 1_000_000;

export const POWER_ACTIONS = ['poweroff', 'reboot', 'halt', 'kexec'] as const;
export type PowerAction = (typeof POWER_ACTIONS)[number];

/** As systemctl asks logind for it. */
const CALLS = { poweroff: 'PowerOff', reboot: 'Reboot', halt: 'Halt', kexec: 'Reboot', exit: 'PowerOff' } as const;
const NOUNS = { poweroff: 'Shutdown', reboot: 'Reboot', halt: 'Halt', kexec: 'Kexec' } as const;
const VERBS = { poweroff: 'power off', reboot: 'reboot', halt: 'halt', kexec: 'reboot' } as const;
/** Options of shutdown(8). */
const FLAGS = { poweroff: '-P', reboot: '-r', halt: '-H', kexec: '-r' } as const;

export interface Plan {
  readonly action: PowerAction;
  /** Microseconds since 1970. */
  readonly usec: number;
  /** '' without one. */
  readonly message: string;
  /** Whether people are told. */
  readonly tells: boolean;
}

export function scheduledText(action: PowerAction, usec: number, program: Program): string {
  return `${NOUNS[action]} scheduled for ${formatTimestamp(usec, program.zone)}, use 'shutdown -c' to cancel.`;
}

/** @returns a line for people */
export function showSchedule(program: Program): string {
  const record = readSettings(program, RECORD);
  const action = POWER_ACTIONS.find((each) => each === record.get('MODE'));
  if (action === undefined) return 'No scheduled shutdown.';
  return scheduledText(action, Number(record.get('USEC')), program);
}

/** What people are told; at 0 it happens now. */
export function announcement({ action, message }: Plan, usec: number, program: Program): string {
  const when = usec === 0 ? 'now' : `at ${formatTimestamp(usec, program.zone)}`;
  return `${message}${message === '' ? '' : '\n'}The system will ${VERBS[action]} ${when}!`;
}

/** Requests the action at once. @returns the exit code */
export function powerNow(program: Program, action: PowerAction | 'exit', force: 0 | 1 | 2): number {
  for (const reply of ask(program.sys, { verb: 'power', action, force })) {
    if (reply.is !== 'error') continue;
    program.err(`Call to ${CALLS[action]} failed: ${reply.error.message}`);
    return 1;
  }
  return 0;
}

/** @throws UsageError when PID 1 refuses */
export function schedule(program: Program, plan: Plan): void {
  forget(program);
  const { action, usec, message, tells } = plan;
  // The message goes by the record: nothing in it is read as a word or a specifier of a unit.
  const argv = ['/usr/sbin/shutdown', FLAGS[action], ...(tells ? [] : ['--no-wall']), 'now'];
  const at = formatTimestamp(Math.ceil(usec / USEC_PER_SEC) * USEC_PER_SEC, UTC).replace(/^\w+ /, '');
  const description = `Description=${NOUNS[action]} at ${at}`;
  const request: Request = {
    ...{ verb: 'start-transient', name: `${UNIT}.timer`, block: true, wait: false, pipe: false },
    properties: [description, 'RemainAfterElapse=no', 'AccuracySec=1s', `OnCalendar=${at}`],
    auxName: `${UNIT}.service`,
    auxProperties: [description, `ExecStart=${argv.join(' ')}`],
  };
  for (const reply of ask(program.sys, request))
    if (reply.is === 'error') throw new UsageError(`Failed to schedule shutdown: ${reply.error.message}`);
  makeFolder(program);
  const record = { USEC: String(usec), WARN_WALL: tells ? '1' : '0', MODE: action, WALL_MESSAGE: message };
  writeSettings(program, RECORD, new Map(Object.entries(record)));
  if (tells) wall(program, announcement(plan, usec, program));
}

function makeFolder({ sys }: Program): void {
  try {
    sys.mkdir(RECORD.slice(0, RECORD.lastIndexOf('/')), 0o755);
  } catch (error) {
    if (!(error instanceof SysError && error.code === 'EEXIST')) throw error;
  }
}

/** The message of a shutdown whose time has come. */
export const scheduledMessage = (program: Program): string => readSettings(program, RECORD).get('WALL_MESSAGE') ?? '';

/** @returns whether there was one */
function forget(program: Program): boolean {
  const { sys } = program;
  const had = readSettings(program, RECORD).has('MODE');
  if (!had) return false;
  for (const reply of ask(sys, { verb: 'job', job: 'stop', names: [`${UNIT}.timer`], block: true }))
    if (reply.is === 'error') throw new UsageError(`Failed to cancel shutdown: ${reply.error.message}`);
  try {
    sys.unlink(RECORD);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    throw new UsageError('Failed to cancel shutdown: Access denied');
  }
  return true;
}

export function cancelSchedule(program: Program, tells: boolean): number {
  if (forget(program) && tells) wall(program, 'System shutdown has been cancelled');
  return 0;
}
