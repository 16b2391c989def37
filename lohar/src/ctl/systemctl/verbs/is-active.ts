/** is-active and is-failed. */
import type { ActiveState } from '../../../unit/model.ts';
import { type Ctl, EXIT, replies, type Verb } from '../manager.ts';

function check(ctl: Ctl, names: readonly string[], good: readonly ActiveState[], otherwise: number): number {
  const { program, settings } = ctl;
  let ok = false;
  let found = false;
  for (const reply of replies(ctl, { verb: 'states', names })) {
    if (reply.is === 'error' || reply.is === 'failed') {
      program.err(`Failed to retrieve unit state: ${reply.error.message}`);
      return EXIT.failure;
    }
    if (reply.is !== 'state') continue;
    if (!settings.quiet) program.out(`${reply.active}\n`);
    if (good.includes(reply.active)) ok = true;
    if (reply.load !== 'not-found') found = true;
  }
  if (ok) return 0;
  return found ? otherwise : EXIT.unknown;
}

export const isActive: Verb = (ctl, names) => check(ctl, names, ['active', 'reloading'], EXIT.notRunning);

export const isFailed: Verb = (ctl, names) => {
  if (names.length > 0) return check(ctl, names, ['failed'], EXIT.failure);
  for (const reply of replies(ctl, { verb: 'system-state', wait: false })) {
    if (reply.is !== 'system-state') continue;
    if (!ctl.settings.quiet) ctl.program.out(`${reply.state}\n`);
    return reply.state === 'degraded' ? 0 : EXIT.failure;
  }
  return EXIT.failure;
};

/** is-system-running [--wait] */
export const isSystemRunning: Verb = (ctl) => {
  for (const reply of replies(ctl, { verb: 'system-state', wait: ctl.settings.wait })) {
    if (reply.is === 'error') {
      if (!ctl.settings.quiet) ctl.program.out('unknown\n');
      ctl.program.err(`Failed to query system state: ${reply.error.message}`);
      return EXIT.failure;
    }
    if (reply.is !== 'system-state') continue;
    if (!ctl.settings.quiet) ctl.program.out(`${reply.state}\n`);
    return reply.state === 'running' ? 0 : EXIT.failure;
  }
  return EXIT.failure;
};
