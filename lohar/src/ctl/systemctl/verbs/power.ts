/** poweroff, reboot, halt, kexec, exit. */
import { EXIT, replies, type Verb } from '../manager.ts';

const ACTIONS = ['poweroff', 'reboot', 'halt', 'kexec', 'exit'] as const;
/** As systemctl asks logind for it. */
const CALLS = { poweroff: 'PowerOff', reboot: 'Reboot', halt: 'Halt', kexec: 'Reboot', exit: 'PowerOff' } as const;
type Action = (typeof ACTIONS)[number];

export const power: Verb = (ctl, _words, verb) => {
  const { program, settings } = ctl;
  const action = ACTIONS.find((each) => each === verb);
  if (action === undefined) {
    program.err(`Failed to ${verb} system: Operation not supported`);
    return EXIT.failure;
  }
  if (settings.dryRun) return 0;
  if (settings.when === 'cancel' || settings.when === '') return request(ctl, action);
  program.err(`Failed to schedule ${verb}: Operation not supported`);
  return EXIT.failure;
};

function request(ctl: Parameters<Verb>[0], action: Action): number {
  const { settings, program } = ctl;
  const force = settings.force >= 2 ? 2 : settings.force === 1 ? 1 : 0;
  for (const reply of replies(ctl, { verb: 'power', action, force })) {
    if (reply.is !== 'error') continue;
    program.err(`Call to ${CALLS[action]} failed: ${reply.error.message}`);
    return EXIT.failure;
  }
  return 0;
}
