/** list-timers, list-sockets, list-paths: what will start other units, and when. */

import { globExpression } from '../unit/condition/compare.ts';
import type { Stamp, Unit } from '../unit/graph/unit.ts';
import type { OwnFacts, TimerFacts } from '../unit/show/own-facts.ts';
import type { AnswersPort } from './answers-port.ts';
import type { Client } from './conversation.ts';
import { nextElapseMs } from './next-elapse.ts';
import type { Reply, Request } from './protocol.ts';
import { select } from './query-verbs.ts';

type ListRequest = Extract<Request, { verb: 'list-sockets' | 'list-timers' | 'list-paths' | 'list-automounts' }>;
type Row<Is extends 'timers'> = Extract<Reply, { is: Is }>[Is][number];

const activates = (unit: Unit): string[] => [...unit.related(['Triggers'])].map((other) => other.id);

function timerRow(unit: Unit, facts: TimerFacts | null, now: Stamp): Row<'timers'> {
  return {
    unit: unit.id,
    activates: activates(unit),
    nextMs: facts === null ? 0 : nextElapseMs(facts, now),
    lastMs: (facts?.last.realtimeUsec ?? 0) / 1000,
  };
}

export function answerListTriggers(request: ListRequest, client: Client, port: AnswersPort): void {
  const { manager } = port;
  const type = request.verb.slice('list-'.length, -1);
  const expressions = request.patterns.map(globExpression);
  const matching = [...manager.registry.all()].filter(
    (unit) => expressions.length === 0 || unit.config.names.some((name) => expressions.some((one) => one.test(name))),
  );
  const units = select(matching, [type], [], request.all);
  const factsOf = (unit: Unit): OwnFacts | null => manager.others.peek(unit)?.facts ?? null;
  const now = port.now();
  if (request.verb === 'list-timers')
    client.reply({ is: 'timers', timers: units.map((unit) => timerRow(unit, factsOf(unit), now)) });
  client.end();
}
