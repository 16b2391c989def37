import { BhattiError } from '@bhatti/wire/errors.ts';
import { STDIN, STDOUT } from '@bhatti/wire/messages.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { openStream, reach, reply } from './reach.ts';
import { type Running, running } from './running.ts';

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
  checkPort(port);
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

/**
 * The same, told of as a command, which goes on by resumeExec() when the daemon or its link is lost.
 * @param keep 32 hex digits
 * @throws BhattiError port.refused
 */
export async function connectLasting(
  context: Context,
  reference: string,
  { port, keep }: { readonly port: number; readonly keep: string },
  signal: AbortSignal,
): Promise<Running> {
  checkPort(port);
  const agent = await reach(context, await findSandbox(context, reference));
  return running(openStream(agent, { op: 'connect', port, keep }, signal));
}

function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  throw new BhattiError('request.invalid', `cannot connect to port ${port}: there is no such port`, {
    remedy: 'choose a port from 1 to 65535',
  });
}
