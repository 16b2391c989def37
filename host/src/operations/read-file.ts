import { type FileStat, STDOUT } from '@bhatti/wire/messages.ts';
import { guestPath } from '../core/guest-path.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { openStream, reach, reply } from './reach.ts';

/** Resolves with the file's stat when its content begins to come: AgentStream.borrow(). @throws BhattiError file.* */
export async function readFile(
  context: Context,
  reference: string,
  request: { readonly path: string; readonly offset: number; readonly limit?: number | undefined },
  signal: AbortSignal,
): Promise<{ stat: FileStat; content: AsyncIterable<Uint8Array> }> {
  const path = guestPath(request.path);
  const agent = await reach(context, await findSandbox(context, reference));
  const limit = request.limit === undefined ? {} : { limit: request.limit };
  const stream = openStream(agent, { op: 'file.read', path, offset: request.offset, ...limit }, signal);
  const { stat } = await reply(stream.messages[Symbol.asyncIterator](), 'stat');
  return { stat, content: stream.borrow(STDOUT) };
}
