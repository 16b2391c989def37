/**
 * Commands, sessions and forwards over a WebSocket.
 *
 *   client                                   daemon
 *   text: the request (exec only)       ->
 *                                       <-   text: {"type":"started"} or {"type":"connected"}
 *   binary: 0, bytes (standard input)  <->   binary: 1 (output) or 2 (errors), bytes
 *   text: end | signal | resize | detach ->
 *                                       <-   text: exit | detached | end | error; then the socket is closed
 */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { STDERR, STDIN, STDOUT } from '@bhatti/wire/messages.ts';
import { signalName } from '../core/command.ts';
import type { Connection } from '../operations/connect.ts';
import type { Running } from '../operations/running.ts';
import type { Message, Peer } from './peer.ts';
import { StreamControl } from './schemas/exec.ts';
import { exitView } from './views.ts';

async function pump(source: AsyncIterable<Uint8Array>, channel: number, peer: Peer): Promise<void> {
  for await (const bytes of source) await peer.pass(channel, bytes);
}

function inputOf(message: Message): Uint8Array | undefined {
  if (!('bytes' in message)) return undefined;
  if (message.bytes[0] === STDIN) return message.bytes.subarray(1);
  throw new BhattiError('request.invalid', 'cannot take the message: its channel is not 0', {
    remedy: 'begin each binary message of input with a zero byte',
  });
}

/** What a client's text message asks for. @throws ZodError */
function control(message: Message) {
  return StreamControl.parse('text' in message ? parseJson(message.text) : undefined);
}

/** @throws BhattiError request.invalid */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BhattiError('request.invalid', 'cannot read the message: it is no JSON', {
      remedy: 'see /openapi.json for what may be sent',
      cause,
    });
  }
}

async function takeInput(peer: Peer, running: Running): Promise<void> {
  for (let message = await peer.next(); message !== undefined; message = await peer.next()) {
    const bytes = inputOf(message);
    if (bytes !== undefined) {
      await running.write(bytes).catch(() => {}); // it has ended or closed its input: no error, as with a pipe's reader
      continue;
    }
    const asked = control(message);
    if (asked.type === 'end') running.endInput();
    else if (asked.type === 'detach') running.detach();
    else if (asked.type === 'signal') running.signal(signalName(asked.signal));
    else running.resize(asked.rows, asked.cols);
  }
}

/**
 * Joins a peer and a running command until one of them ends. A session goes on without its peer, unless it waits for it.
 * @param waits true when the peer is gone and the command is to wait for it all the same
 */
export async function serveRunning(peer: Peer, running: Running, waits = (): boolean => false): Promise<void> {
  const leave = (): void => {
    if (waits()) return;
    if (running.session === undefined) running.close();
    else running.detach();
  };
  peer.gone.addEventListener('abort', leave, { once: true });
  if (peer.gone.aborted) leave();
  const { given, pid, session } = running;
  const also = { ...(session === undefined ? {} : { session }), ...(given === undefined ? {} : { given }) };
  await peer.say({ type: 'started', pid, ...also });
  const { promise: badInput, reject } = Promise.withResolvers<never>();
  takeInput(peer, running).catch(reject);
  try {
    const output = Promise.all([pump(running.stdout, STDOUT, peer), pump(running.stderr, STDERR, peer)]);
    await Promise.race([output, badInput]);
    const exit = await running.exit;
    await peer.say(exit === undefined ? { type: 'detached' } : { type: 'exit', exit: exitView(exit) });
  } finally {
    leave();
  }
}

async function takeBytes(peer: Peer, connection: Connection): Promise<void> {
  for (let message = await peer.next(); message !== undefined; message = await peer.next()) {
    const bytes = inputOf(message);
    if (bytes !== undefined) await connection.write(bytes);
    else if (control(message).type === 'end') connection.end();
  }
}

/** Joins a peer and a TCP connection in a guest until both directions have ended. */
export async function serveConnection(peer: Peer, connection: Connection): Promise<void> {
  peer.gone.addEventListener('abort', () => connection.close(), { once: true });
  await peer.say({ type: 'connected' });
  const { promise: badInput, reject } = Promise.withResolvers<never>();
  takeBytes(peer, connection).catch(reject);
  try {
    await Promise.race([pump(connection.received, STDOUT, peer), badInput]);
    await peer.say({ type: 'end' });
  } finally {
    connection.close();
  }
}
