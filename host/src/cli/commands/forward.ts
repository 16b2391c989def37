import { createServer, type Socket } from 'node:net';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { type PortPair, portPair } from '../arguments.ts';
import { sandboxPath } from '../client/api.ts';
import { write } from '../client/http.ts';
import { dialer, LastingCommand } from '../client/lasting-command.ts';
import type { Cli } from '../context.ts';
import { note, print, printError, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

/** Nobody else on the network is meant to come in this way. */
const BIND = '127.0.0.1';

export const define: Define = (command, act) => {
  command
    .argument('<sandbox>', 'name, id, or the beginning of an id')
    .argument('<ports...>', 'HOST[:GUEST]; host port 0 takes any that is free')
    .addHelpText(
      'after',
      examples('bhatti forward dev 8080', 'bhatti forward dev 8080:80 9222', 'bhatti forward dev 0:5432'),
    )
    .action(act(forward));
};

/** Passes bytes both ways, over as many daemons as it takes; what the client says last may come before the answer. */
async function join(cli: Cli, sandbox: string, guest: number, socket: Socket): Promise<void> {
  const outputs = { stdout: (bytes: Uint8Array) => write(socket, bytes), stderr: async () => undefined };
  const dial = dialer(cli.api.address, sandbox);
  const connection = new LastingCommand({ dial, opening: { port: guest }, outputs });
  socket.once('close', () => connection.close());
  const ending = await connection.run(() => {
    // A plain for-await would destroy the socket at its end, with the answer still to come.
    connection
      .feed(socket.iterator({ destroyOnReturn: false }))
      .then(() => connection.endInput())
      .catch(() => connection.close());
  });
  if (ending.how === 'lost') throw ending.error;
  socket.end();
}

async function listen(cli: Cli, sandbox: string, { host, guest }: PortPair): Promise<PortPair> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    join(cli, sandbox, guest, socket).catch((error) => {
      if (socket.destroyed) return; // who came has left already
      socket.resetAndDestroy(); // as a port that nobody listens on
      if (error instanceof BhattiError) printError(error, cli.json);
    });
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(host, BIND, () => resolve());
  try {
    await promise;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BhattiError('port.refused', `cannot forward port ${host}: ${why}`, {
      remedy: `choose another: bhatti forward ${sandbox} 0:${guest}`,
      cause,
    });
  }
  const bound = server.address();
  return { host: typeof bound === 'object' && bound !== null ? bound.port : host, guest };
}

async function forward(cli: Cli, _: object, sandbox: string, ports: readonly string[]): Promise<void> {
  const pairs = ports.map(portPair);
  await cli.api.json('GET', sandboxPath(sandbox)); // a name that is wrong is told now
  const bound: PortPair[] = [];
  for (const pair of pairs) bound.push(await listen(cli, sandbox, pair));
  if (cli.json) printJson({ address: BIND, ports: bound });
  else for (const { host, guest } of bound) print(`${BIND}:${host} -> ${sandbox}:${guest}`);
  if (process.stderr.isTTY) note('Ctrl+C ends it');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
