/** list-sockets, list-timers, list-paths, list-automounts. */
import type { Reply } from '../../../control/protocol.ts';
import { formatTimeSpan } from '../../../unit/value/time-span.ts';
import { type Cell, cell, formatTable, right } from '../../text/table.ts';
import { formatRelative } from '../../text/timestamp.ts';
import { type JsonCell, jsonTable } from '../json-table.ts';
import { type Ctl, exitOf, replies, type Verb } from '../manager.ts';
import { hasLegend } from '../settings.ts';
import { styledTimestamp } from '../timestamps.ts';

type Facts<Is extends Reply['is']> = Extract<Reply, { is: Is }>;
const orDash = (text: string): string => (text === '' ? '-' : text);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Listing {
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
  readonly noun: string;
  readonly json: { readonly names: readonly string[]; readonly rows: readonly (readonly JsonCell[])[] };
}

function print(ctl: Ctl, listing: Listing): void {
  const { program, settings } = ctl;
  const { colours } = program;
  if (settings.output.startsWith('json')) {
    program.out(jsonTable(listing.json.names, listing.json.rows, settings.output));
    return;
  }
  const count = listing.rows.length;
  program.out(formatTable(listing.header, listing.rows, { header: hasLegend(settings), colours }));
  if (!hasLegend(settings)) return;
  const on = count > 0 ? colours.bold : colours.boldRed;
  program.out(`\n${on}${count} ${listing.noun}s listed.${colours.normal}\n`);
  if (!settings.all) program.out(`Pass --all to see loaded but inactive ${listing.noun}s, too.\n`);
}

/** Addresses before paths, each sorted. */
function sockets(ctl: Ctl, { sockets: all }: Facts<'sockets'>): Listing {
  const isPath = (text: string) => (text.startsWith('/') ? 1 : 0);
  const sorted = [...all].sort(
    (a, b) => isPath(a.listen) - isPath(b.listen) || compare(a.listen, b.listen) || compare(a.type, b.type),
  );
  const { showTypes } = ctl.settings;
  const keep = (cells: Cell[]) => cells.filter((_, i) => i !== 1 || showTypes);
  return {
    noun: 'socket',
    header: keep(['LISTEN', 'TYPE', 'UNIT', 'ACTIVATES'].map(cell)),
    rows: sorted.map((row) => keep([row.listen, row.type, row.unit, orDash(row.activates.join(', '))].map(cell))),
    json: {
      names: ['listen', 'unit', 'activates'],
      rows: sorted.map((row) => [row.listen, row.unit, row.activates[0] ?? null]),
    },
  };
}

/** By the next time; those without come last. */
function timers({ program, settings }: Ctl, { timers: all }: Facts<'timers'>): Listing {
  const when = (ms: number) => (ms > 0 ? ms : Number.POSITIVE_INFINITY);
  const sorted = [...all].sort((a, b) => {
    const [nextA, nextB] = [when(a.nextMs), when(b.nextMs)];
    return nextA === nextB ? compare(a.unit, b.unit) : nextA - nextB;
  });
  const at = (ms: number) => orDash(styledTimestamp(ms, settings.timestamp, program.zone));
  const relative = (ms: number, left: string) => orDash(formatRelative(Math.floor(ms * 1000), program.nowUsec(), left));
  return {
    noun: 'timer',
    header: [cell('NEXT'), right('LEFT'), cell('LAST'), right('PASSED'), cell('UNIT'), cell('ACTIVATES')],
    rows: sorted.map((row) => [
      cell(at(row.nextMs)),
      right(relative(row.nextMs, '')),
      cell(at(row.lastMs)),
      right(relative(row.lastMs, '')),
      cell(row.unit),
      cell(orDash(row.activates.join(', '))),
    ]),
    json: {
      names: ['next', 'left', 'last', 'passed', 'unit', 'activates'],
      rows: sorted.map((row) => [
        Math.floor(row.nextMs * 1000),
        Math.floor(row.nextMs * 1000),
        Math.floor(row.lastMs * 1000),
        Math.floor(row.lastMs * 1000),
        row.unit,
        row.activates[0] ?? null,
      ]),
    },
  };
}

function paths(_ctl: Ctl, { paths: all }: Facts<'paths'>): Listing {
  const sorted = [...all].sort((a, b) => compare(a.path, b.path) || compare(a.condition, b.condition));
  return {
    noun: 'path',
    header: ['PATH', 'CONDITION', 'UNIT', 'ACTIVATES'].map(cell),
    rows: sorted.map((row) => [row.path, row.condition, row.unit, orDash(row.activates.join(', '))].map(cell)),
    json: {
      names: ['path', 'condition', 'unit', 'activates'],
      rows: sorted.map((row) => [row.path, row.condition, row.unit, [...row.activates]]),
    },
  };
}

function automounts(_ctl: Ctl, { automounts: all }: Facts<'automounts'>): Listing {
  const sorted = [...all].sort((a, b) => compare(a.where, b.where));
  const idle = (ms: number) => (ms > 0 ? formatTimeSpan(ms * 1000) : '-');
  return {
    noun: 'automount',
    header: ['WHAT', 'WHERE', 'MOUNTED', 'IDLE TIMEOUT', 'UNIT'].map(cell),
    rows: sorted.map((row) =>
      [orDash(row.what), row.where, row.mounted ? 'yes' : 'no', idle(row.idleMs), row.unit].map(cell),
    ),
    json: {
      names: ['what', 'where', 'mounted', 'idle_timeout', 'unit'],
      rows: sorted.map((row) => [row.what, row.where, row.mounted ? 'yes' : 'no', row.idleMs * 1000, row.unit]),
    },
  };
}

const SUFFIXES: Readonly<Record<string, string>> = {
  'list-sockets': '.socket',
  'list-timers': '.timer',
  'list-paths': '.path',
  'list-automounts': '.automount',
};
type ListVerb = 'list-sockets' | 'list-timers' | 'list-paths' | 'list-automounts';

function listingOf(ctl: Ctl, reply: Exclude<Reply, { is: 'end' | 'escaped' }>): Listing | null {
  switch (reply.is) {
    case 'sockets':
      return sockets(ctl, reply);
    case 'timers':
      return timers(ctl, reply);
    case 'paths':
      return paths(ctl, reply);
    case 'automounts':
      return automounts(ctl, reply);
    default:
      return null;
  }
}

export const listTriggers: Verb = (ctl, names, verb) => {
  const suffix = SUFFIXES[verb] ?? '';
  const patterns = names.map((name) => (name.endsWith(suffix) || /[*?[]/.test(name) ? name : name + suffix));
  for (const reply of replies(ctl, { verb: verb as ListVerb, patterns, all: ctl.settings.all })) {
    if (reply.is === 'error') {
      ctl.program.err(`Failed to list units: ${reply.error.message}`);
      return exitOf(reply.error);
    }
    const listing = listingOf(ctl, reply);
    if (listing !== null) print(ctl, listing);
  }
  return 0;
};
