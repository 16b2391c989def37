/** One connection to every listening stream socket unit, and what it triggered. */
import type { Installed, Properties, SocketAsked } from '../recording.ts';
import { ask, blocksOf, type Run, stateOf } from './ask.ts';
import { PROPERTIES } from './install.ts';

/** What a connection has begun is given this long, as in the recordings. */
const SETTLE_S = 2;

/** Connects and says an empty line; perl is part of every Debian base, and takes seconds to begin where QEMU emulates. */
const POKE =
  'timeout 30 perl -MIO::Socket::INET -MIO::Socket::UNIX -e \'$a=shift; $s = $a =~ /^\\d+$/ ? IO::Socket::INET->new("127.0.0.1:$a") : IO::Socket::UNIX->new(Peer=>$a); $s or exit 1; print $s "\\n"; $s->flush; sleep 2\'';

/** Adds to units what their services show after the connection. */
export async function askSockets(run: Run, installed: Installed): Promise<Record<string, SocketAsked>> {
  const sockets: Record<string, SocketAsked> = {};
  for (const [unit, found] of Object.entries(installed.units)) {
    if (!unit.endsWith('.socket') || found.show?.ActiveState !== 'active') continue;
    const asked = await askSocket(run, unit);
    sockets[unit] = asked;
    for (const service of Object.keys(asked.before)) {
      const one = installed.units[service];
      if ((one?.show?.MainPID ?? '') === '0' && one)
        one.show_after_connection =
          blocksOf((await run(`systemctl show '${service}' -p ${PROPERTIES}`)).output)[0] ?? {};
    }
  }
  return sockets;
}

async function askSocket(run: Run, unit: string): Promise<SocketAsked> {
  const lines = await ask(run, `systemctl show '${unit}' -p Listen,Accept,Triggers`);
  const of = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
  const [accept = '', triggers = ''] = [of('Accept')[0], of('Triggers')[0]];
  const states = async (): Promise<Record<string, Properties>> => {
    const all: Record<string, Properties> = {};
    for (const service of triggers.split(' ').filter((name) => name !== '')) all[service] = await stateOf(run, service);
    return all;
  };
  const before = await states();
  const address = /^(.*) \(Stream\)$/.exec(of('Listen')[0] ?? '')?.[1];
  const port = /^(?:\[.*\]|[\d.]+):(\d+)$/.exec(address ?? '')?.[1];
  const poked =
    address === undefined
      ? undefined
      : (await run(`${POKE} ${port ?? address}; r=$?; sleep ${SETTLE_S}; exit $r`)).code;
  const after = await states();
  const socket = await run(`systemctl show '${unit}' -p ActiveState,SubState,NAccepted,NConnections`);
  return {
    ...{ Accept: accept, Triggers: triggers, Listen: of('Listen') },
    ...(poked === undefined ? {} : { poke_rc: poked }),
    ...{ before, after_connection: after, socket_after: blocksOf(socket.output)[0] ?? {} },
  };
}
