/** poweroff, reboot, halt, kexec, exit, at once or with --when= at a time. */
import { UsageError } from '../../options.ts';
import { cancelSchedule, type PowerAction, powerNow, schedule, scheduledText } from '../../power/schedule.ts';
import { parseTimestamp } from '../../text/timestamp.ts';
import { type Ctl, EXIT, type Verb } from '../manager.ts';

const ACTIONS = ['poweroff', 'reboot', 'halt', 'kexec', 'exit'] as const;

export const power: Verb = (ctl, _words, verb) => {
  const { program, settings } = ctl;
  const action = ACTIONS.find((each) => each === verb);
  if (action === undefined) {
    program.err(`Failed to ${verb} system: Operation not supported`);
    return EXIT.failure;
  }
  if (settings.when === 'cancel') return cancelSchedule(program, !settings.noWall);
  if (settings.when !== '' && action !== 'exit') return later(ctl, action);
  if (settings.dryRun) return 0;
  return powerNow(program, action, settings.force >= 2 ? 2 : settings.force === 1 ? 1 : 0);
};

/** @throws UsageError */
function later({ program, settings }: Ctl, action: PowerAction): number {
  const { when } = settings;
  const usec = parseTimestamp(when, program.nowUsec(), program.zone);
  if (usec === null) throw new UsageError(`Failed to parse --when= argument '${when}': Invalid argument`);
  if (settings.dryRun) return 0;
  schedule(program, { action, usec, message: settings.message, tells: !settings.noWall });
  program.err(scheduledText(action, usec, program));
  return 0;
}
