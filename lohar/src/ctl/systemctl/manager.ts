/** What verbs share: the program, its settings, and answers of PID 1 with what every verb says the same way about them. */

import type { Reply, Request } from '../../control/protocol.ts';
import { quoteArgument } from '../../journal/command-line.ts';
import type { BusError } from '../../unit/model.ts';
import { ask, propertiesIn } from '../control-client.ts';
import type { Program } from '../program.ts';
import type { Settings } from './settings.ts';

export interface Ctl {
  readonly program: Program;
  readonly settings: Settings;
  /** With --root=: answers what unit files alone can answer; null is left to PID 1. */
  readonly offline?: (request: Request) => readonly Answer[] | null;
}

export type Verb = (ctl: Ctl, args: readonly string[], verb: string) => number;
export type Answer = Exclude<Reply, { is: 'end' | 'escaped' }>;

/** Replies to a request; that a name was escaped is said at once. */
export function* replies({ program, settings, offline }: Ctl, request: Request): Generator<Answer> {
  const answers = offline?.(request) ?? null;
  if (answers !== null) {
    yield* answers;
    return;
  }
  for (const reply of ask(program.sys, request)) {
    if (reply.is !== 'escaped') yield reply;
    else if (!settings.quiet)
      program.err(`Invalid unit name "${reply.from}" escaped as "${reply.to}" (maybe you should use systemd-escape?).`);
  }
}

/** What PID 1 says of itself; moments as ms since 1970. */
export function managerFacts(ctl: Ctl): ReadonlyMap<string, string> {
  let text = '';
  for (const reply of replies(ctl, { verb: 'show', names: [], manager: true }))
    if (reply.is === 'properties')
      text += reply.text.map((piece) => (typeof piece === 'string' ? piece : piece.atMs)).join('');
  return propertiesIn(text);
}

/** Exit codes of the LSB and of systemd (systemctl(1), "Exit status"). */
export const EXIT = {
  failure: 1,
  notRunning: 3,
  unknown: 4,
  notImplemented: 3,
  noPermission: 4,
  notInstalled: 5,
  notConfigured: 6,
} as const;

export function exitOf(error: BusError): number {
  switch (error.name) {
    case 'AccessDenied':
    case 'OnlyByDependency':
    case 'NoIsolation':
    case 'TransactionIsDestructive':
      return EXIT.noPermission;
    case 'NoSuchUnit':
      return EXIT.notInstalled;
    case 'JobTypeNotApplicable':
    case 'NotSupported':
      return EXIT.notImplemented;
    case 'LoadFailed':
      return EXIT.notConfigured;
    default:
      return EXIT.failure;
  }
}

export function unitFileChanged(unit: string): string {
  return `Warning: The unit file, source configuration file or drop-ins of ${unit} changed on disk. Run 'systemctl daemon-reload' to reload units.`;
}

/** A unit's name as a shell reads it. */
export function shellName(unit: string): string {
  return quoteArgument(unit);
}
