/** show: properties of units, or of the manager. */
import type { Property, Request } from '../../../control/protocol.ts';
import { type Ctl, EXIT, exitOf, replies, type Verb } from '../manager.ts';
import { styledTimestamp } from '../timestamps.ts';

function valuesOf({ program, settings }: Ctl, value: Property['value']): readonly string[] {
  if (typeof value === 'string') return [value];
  const moment = (atMs: number): string => styledTimestamp(atMs, settings.timestamp, program.zone);
  if ('atMs' in value) return [moment(value.atMs)];
  return value.map((line) =>
    typeof line === 'string'
      ? line
      : line.parts.map((part) => (typeof part === 'string' ? part : moment(part.atMs))).join(''),
  );
}

/** Lines of one property; none when it is empty and was not asked for. */
export function propertyLines(ctl: Ctl, property: Property): string {
  const { showEmpty, valueOnly } = ctl.settings;
  const values = valuesOf(ctl, property.value);
  const shown = values.length === 0 ? [''] : values;
  return shown
    .filter((value) => value !== '' || showEmpty)
    .map((value) => (valueOnly ? `${value}\n` : `${property.name}=${value}\n`))
    .join('');
}

function requestOf({ settings }: Ctl, names: readonly string[]): Request {
  const { types, states, all, properties } = settings;
  const filtered = types.length > 0 || states.length > 0;
  return {
    verb: 'show',
    names,
    ...(names.length === 0 && !filtered ? { manager: true } : {}),
    ...(properties === undefined ? {} : { properties }),
    ...(types.length > 0 ? { types } : {}),
    ...(states.length > 0 ? { states } : {}),
    ...(all ? { all: true } : {}),
  };
}

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
    program.out(reply.properties.map((property) => propertyLines(ctl, property)).join(''));
  }
  return 0;
};
