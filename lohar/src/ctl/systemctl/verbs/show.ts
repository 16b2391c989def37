/** show: properties of units, or of the manager. */
import type { Request } from '../../../control/protocol.ts';
import type { Pieces } from '../../../unit/show/property-text.ts';
import { type Ctl, EXIT, exitOf, replies, type Verb } from '../manager.ts';
import { styledTimestamp } from '../timestamps.ts';

function requestOf({ settings }: Ctl, names: readonly string[]): Request {
  const { types, states, all, properties, showEmpty, valueOnly } = settings;
  const filtered = types.length > 0 || states.length > 0;
  return {
    verb: 'show',
    names,
    ...(names.length === 0 && !filtered ? { manager: true } : {}),
    ...(properties === undefined ? {} : { properties }),
    ...(showEmpty ? { empty: true } : {}),
    ...(valueOnly ? { valueOnly: true } : {}),
    ...(types.length > 0 ? { types } : {}),
    ...(states.length > 0 ? { states } : {}),
    ...(all ? { all: true } : {}),
  };
}

const written = ({ program, settings }: Ctl, pieces: Pieces): string =>
  pieces
    .map((piece) => (typeof piece === 'string' ? piece : styledTimestamp(piece.atMs, settings.timestamp, program.zone)))
    .join('');

export const show: Verb = (ctl, names) => {
  const { program } = ctl;
  let any = false;
  for (const reply of replies(ctl, requestOf(ctl, names))) {
    if (reply.is === 'failed' || reply.is === 'error') {
      program.err(`Failed to get properties: ${reply.error.message}`);
      return reply.is === 'error' ? exitOf(reply.error) : EXIT.failure;
    }
    if (reply.is !== 'properties') continue;
    if (any) program.out('\n');
    any = true;
    program.out(written(ctl, reply.text));
  }
  return 0;
};
