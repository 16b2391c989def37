import { BhattiError } from '@bhatti/wire/errors.ts';
import { STDIN, STDOUT } from '@bhatti/wire/messages.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { openStream, reach, reply } from './reach.ts';

/** A TCP connection to a port inside a guest. */
export interface Connection {
  readonly received: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
  close(): void;
}

/** @throws BhattiError port.refused */
export async function connect(
  context: Context,
  reference: string,
  port: number,
  signal: AbortSignal,
): Promise<Connection> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new BhattiError('request.invalid', `cannot connect to port ${port}: there is no such port`, {
      remedy: 'choose a port from 1 to 65535',
    });
  }
  const agent = await reach(context, await findSandbox(context, reference));
  const stream = openStream(agent, { op: 'connect', port }, signal);
  await reply(stream.messages[Symbol.asyncIterator](), 'connected');
  return {
    received: stream.channel(STDOUT),
    write: (bytes) => stream.write(STDIN, bytes),
    end: () => stream.end(STDIN),
    close: () => stream.close(),
  };
}
