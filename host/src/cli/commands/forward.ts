import { createServer, type Socket } from 'node:net';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { type PortPair, portPair } from '../arguments.ts';
import { errorOf, sandboxPath } from '../client/api.ts';
import { write } from '../client/http.ts';
import { inputMessage } from '../client/joined.ts';
import type { StreamFrame } from '../client/replies.ts';
import { type Channel, openChannel } from '../client/web-socket.ts';
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

async function toGuest(socket: Socket, channel: Channel): Promise<void> {
  // A plain for-await would destroy the socket at its end, with the answer still to come.
  for await (const bytes of socket.iterator({ destroyOnReturn: false }))
    await channel.send(inputMessage(bytes as Buffer));
  await channel.send('{"type":"end"}');
}

/** Passes bytes both ways; each direction ends by itself, as TCP's do. */
async function join(cli: Cli, sandbox: string, guest: number, socket: Socket): Promise<void> {
  const channel = await openChannel(cli.api.address, sandboxPath(sandbox, `/ports/${guest}/ws`));
  socket.once('close', () => channel.close());
  for await (const message of channel.messages()) {
    if ('bytes' in message) {
      await write(socket, message.bytes.subarray(1));
      continue;
    }
    const frame = JSON.parse(message.text) as StreamFrame;
    if (frame.type === 'error') throw errorOf(frame);
    if (frame.type === 'connected') toGuest(socket, channel).catch(() => channel.close());
    if (frame.type === 'end') socket.end();
  }
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
