/** Bodies of bytes, streamed both ways at the pace of the slower side. */
import type { Call } from './env.ts';

/** The body of a request. */
export async function* requestBytes(call: Call): AsyncGenerator<Uint8Array> {
  const { body } = call.req.raw;
  if (body !== null) yield* body;
}

/** A reply of bytes; an error in the middle breaks the connection off, so that nobody takes a part for the whole. */
export function bytesReply(
  call: Call,
  content: AsyncIterable<Uint8Array>,
  headers: Readonly<Record<string, string>>,
): Response {
  const bytes = content[Symbol.asyncIterator]();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await bytes.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          const { log, requestId } = call.var;
          log.warn({ requestId, err: error }, 'a reply was broken off');
          controller.error(error);
        }
      },
      async cancel() {
        await bytes.return?.();
      },
    },
    { highWaterMark: 1 },
  );
  return call.body(stream, 200, { 'cache-control': 'no-store', ...headers });
}
