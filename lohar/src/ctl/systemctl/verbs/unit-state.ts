/** kill, reset-failed, freeze, thaw, set-property. */
import type { Request } from '../../../control/protocol.ts';
import { mangleName } from '../../../unit/name-escape.ts';
import { UsageError } from '../../options.ts';
import { type Ctl, EXIT, replies, type Verb } from '../manager.ts';

/** Each name that fails is said, the others go on. */
function eachName(ctl: Ctl, request: Request, failed: (unit: string) => string): number {
  let code = 0;
  for (const reply of replies(ctl, request)) {
    if (reply.is === 'failed') {
      ctl.program.err(`${failed(reply.unit)}: ${reply.error.message}`);
      code ||= EXIT.failure;
    } else if (reply.is === 'error') {
      ctl.program.err(`${failed('')}: ${reply.error.message}`);
      return EXIT.failure;
    }
  }
  return code;
}

/** As PID 1 will call it. */
function unitName(typed: string): string {
  const mangled = mangleName(typed, '.service', false);
  return mangled.is === 'name' ? mangled.name : typed;
}

/** @throws UsageError */
export const kill: Verb = (ctl, names) => {
  const { signal, killWhom, killValue } = ctl.settings;
  const whom = killWhom === '' ? 'all' : killWhom.replace(/-fail$/, '');
  if (whom !== 'main' && whom !== 'control' && whom !== 'all')
    throw new UsageError(`Failed to kill unit ${unitName(names[0] ?? '')}: Invalid who argument: ${killWhom}`);
  const request: Request = {
    verb: 'kill',
    names,
    whom,
    signal,
    ...(killValue === undefined ? {} : { value: killValue }),
  };
  return eachName(ctl, request, (unit) => `Failed to kill unit ${unit}`);
};

export const resetFailed: Verb = (ctl, names) =>
  eachName(ctl, { verb: 'reset-failed', names }, (unit) =>
    unit === '' ? 'Failed to reset failed state' : `Failed to reset failed state of unit ${unit}`,
  );

export const freeze: Verb = (ctl, names, verb) =>
  eachName(ctl, { verb: verb === 'thaw' ? 'thaw' : 'freeze', names }, (unit) => `Failed to ${verb} unit ${unit}`);

/** @throws UsageError */
export const setProperty: Verb = (ctl, [name = '', ...assignments]) => {
  for (const assignment of assignments)
    if (!assignment.includes('=')) throw new UsageError(`Not an assignment: ${assignment}`);
  const request: Request = { verb: 'set-property', name, assignments, runtime: ctl.settings.runtime };
  for (const reply of replies(ctl, request)) {
    // What is wrong with an assignment is said without more.
    if (reply.is === 'error' && reply.error.name === 'InvalidArgs') throw new UsageError(reply.error.message);
    if (reply.is !== 'error' && reply.is !== 'failed') continue;
    ctl.program.err(`Failed to set unit properties on ${unitName(name)}: ${reply.error.message}`);
    return EXIT.failure;
  }
  return 0;
};
