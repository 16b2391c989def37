/**
 * `lohar bus`: what PID 1 has to do with the system bus, in a process of its own (bhatti-bus.service), which lives as
 * long as dbus.service does. It is org.freedesktop.systemd1 there, and keeps nothing that must outlive it.
 *
 *   connected -> Hello -> has the name -> follows PID 1's names until the bus, or one of its limits, ends it
 */
import type { Runtime } from '@bhatti/runtime/start.ts';
import { answerTo, failureSignal, MANAGER_NAME, refusalIn, requestedUnit, startRequest } from './activation.ts';
import { BusConnection } from './connection.ts';
import { ManagerLink } from './manager-link.ts';
import type { Message } from './message.ts';
import { WatchedNames } from './watched-names.ts';

const STDERR = 2;
const EXIT_FAILED = 1;
/** Another image of it may have the name still, and may lose it. */
const ALLOW_REPLACEMENT = 1;
const REPLACE_EXISTING = 2;
const PRIMARY_OWNER = 1;

/** Called as the main program of bhatti-bus.service. */
export function bus({ sys, loop }: Runtime): void {
  const end = (why: string): never => {
    sys.write(STDERR, sys.encode(`${why}\n`));
    return sys.exit(EXIT_FAILED);
  };
  let guid = '';
  const link = new ManagerLink({
    ...{ sys, loop },
    named: (name) => names.watch(name),
    failed: end,
  });
  const connection = new BusConnection(sys, loop, {
    opened: (its) => {
      guid = its;
      enter();
    },
    received: (message) => {
      names.hear(message);
      activate(message);
      const answer = answerTo(message);
      if (answer !== null) connection.send(answer);
    },
    gone: (why) => (why === null ? sys.exit(0) : end(`system bus: ${why}`)),
  });
  const names = new WatchedNames({
    connection,
    // A unique name alone says nothing: the next bus begins to count anew.
    owned: (name, owner) => link.say({ verb: 'bus-owner', name, owner: owner === '' ? '' : `${guid}${owner}` }),
    tooMany: () => end('too many bus names, beginning anew'),
  });

  function enter(): void {
    connection.ask('Hello', '', [], (hello) => {
      if (hello === null) end('the bus does not know us');
    });
    connection.ask('RequestName', 'su', [MANAGER_NAME, ALLOW_REPLACEMENT | REPLACE_EXISTING], (reply) => {
      if (reply?.args?.[0] !== PRIMARY_OWNER) end(`the bus does not give the name ${MANAGER_NAME}`);
      link.follow();
    });
  }

  function activate(message: Message): void {
    const unit = requestedUnit(message);
    if (unit === null) return;
    const request = startRequest(unit);
    if (request === null) {
      const error = { name: 'InvalidArgs', message: `Unit name ${unit} is not valid.` } as const;
      connection.send(failureSignal(unit, error));
      return;
    }
    link.say(request, (replies) => {
      const refusal = refusalIn(replies);
      if (refusal !== null) connection.send(failureSignal(unit, refusal));
    });
  }
}
