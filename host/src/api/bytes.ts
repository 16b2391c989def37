/**
 * Bodies of bytes, both ways at the pace of the slower side. They go past the web streams of the adapter, which take as
 * much of the processor as all the rest of a transfer.
 */
import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Call } from './env.ts';

/** The body of a request. */
export function requestBytes(call: Call): AsyncIterable<Uint8Array> {
  // Who stops reading has an answer to give on the same connection.
  return call.env.incoming.iterator({ destroyOnReturn: false });
}

/**
 * The same for who is done with each piece when it asks for the next: its memory is given back then. Left to the
 * collector, it has the collector look through the whole heap for each 10 MB that go by.
 */
export async function* borrowRequestBytes(call: Call): AsyncGenerator<Uint8Array, void> {
  for await (const bytes of requestBytes(call)) {
    yield bytes;
    const { buffer } = bytes;
    if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) buffer.transfer(0);
  }
}

/**
 * A reply of bytes, each piece of which is done with when the next is asked for. An error in the middle breaks the
 * connection off, so that nobody takes a part for the whole.
 */
export async function bytesReply(
  call: Call,
  content: AsyncIterable<Uint8Array>,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const outgoing = call.env.outgoing as ServerResponse;
  outgoing.writeHead(200, { 'cache-control': 'no-store', ...headers });
  outgoing.flushHeaders();
  try {
    for await (const bytes of content) await send(outgoing, bytes);
    outgoing.end();
  } catch (error) {
    const { log, requestId } = call.var;
    if (!outgoing.destroyed) log.warn({ requestId, err: error }, 'a reply was broken off');
    outgoing.destroy();
  }
  return RESPONSE_ALREADY_SENT;
}

function send(outgoing: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    outgoing.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
