/** list-timers, list-sockets, list-paths: what will start other units, and when. */

import { nameExpression } from '../unit/condition/compare.ts';
import type { Stamp, Unit } from '../unit/graph/unit.ts';
import { mountedAs, type OwnFacts } from '../unit/show/own-facts.ts';
import { formatPlace } from '../unit/socket/listen-address.ts';
import type { AnswersPort } from './answers-port.ts';
import type { Client } from './conversation.ts';
import { nextElapseMs } from './next-elapse.ts';
import type { Reply, Request } from './protocol.ts';
import { select } from './query-verbs.ts';

type ListRequest = Extract<Request, { verb: 'list-sockets' | 'list-timers' | 'list-paths' | 'list-automounts' }>;
type TimerRow = Extract<Reply, { is: 'timers' }>['timers'][number];
type AutomountRow = Extract<Reply, { is: 'automounts' }>['automounts'][number];
type PathRow = Extract<Reply, { is: 'paths' }>['paths'][number];
type SocketRow = Extract<Reply, { is: 'sockets' }>['sockets'][number];

const activates = (unit: Unit): string[] => [...unit.related(['Triggers'])].map((other) => other.id);

function timerRow(unit: Unit, facts: OwnFacts | null, now: Stamp): TimerRow {
  return {
    unit: unit.id,
    activates: activates(unit),
    nextMs: facts?.type === 'timer' ? nextElapseMs(facts, now) : 0,
    lastMs: facts?.type === 'timer' ? facts.last.realtimeUsec / 1000 : 0,
  };
}

function socketRows(unit: Unit): SocketRow[] {
  const { Socket } = unit.config.settings;
  return (Socket?.listen ?? []).map(({ kind, place }) => ({
    ...{ listen: formatPlace(place), type: kind, unit: unit.id },
    activates: activates(unit),
  }));
}

function pathRows(unit: Unit): PathRow[] {
  const specs = unit.config.settings.Path?.specs ?? [];
  return specs.map(({ kind, path }) => ({ path, condition: kind, unit: unit.id, activates: activates(unit) }));
}

function automountRow(unit: Unit, { manager }: AnswersPort): AutomountRow {
  const { Automount } = unit.config.settings;
  const [mount] = unit.related(['Triggers']);
  const facts = mount === undefined ? null : (manager.others.peek(mount)?.facts ?? null);
  const idleUsec = Automount?.TimeoutIdleSec ?? Number.POSITIVE_INFINITY;
  return {
    what: mountedAs(facts)?.what ?? mount?.config.settings.Mount?.What ?? '',
    where: Automount?.Where ?? '',
    mounted: mount?.isUp === true,
    idleMs: Number.isFinite(idleUsec) ? idleUsec / 1000 : 0,
    unit: unit.id,
  };
}

export function answerListTriggers(request: ListRequest, client: Client, port: AnswersPort): void {
  const { manager } = port;
  const type = request.verb.slice('list-'.length, -1);
  const expressions = request.patterns.map(nameExpression);
  const matching = [...manager.registry.all()].filter(
    (unit) => expressions.length === 0 || unit.config.names.some((name) => expressions.some((one) => one.test(name))),
  );
  const units = select(matching, [type], [], request.all);
  const factsOf = (unit: Unit): OwnFacts | null => manager.others.peek(unit)?.facts ?? null;
  const now = port.now();
  if (request.verb === 'list-timers')
    client.reply({ is: 'timers', timers: units.map((unit) => timerRow(unit, factsOf(unit), now)) });
  if (request.verb === 'list-sockets') client.reply({ is: 'sockets', sockets: units.flatMap(socketRows) });
  if (request.verb === 'list-paths') client.reply({ is: 'paths', paths: units.flatMap(pathRows) });
  if (request.verb === 'list-automounts')
    client.reply({ is: 'automounts', automounts: units.map((unit) => automountRow(unit, port)) });
  client.end();
}
