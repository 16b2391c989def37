/** Directories travel as tar streams. */
import { STDIN, STDOUT } from '@bhatti/wire/messages.ts';
import { guestPath } from '../core/guest-path.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { openStream, reach } from './reach.ts';

/** The directory's content as a tar stream. @throws BhattiError file.*, also in the middle */
export async function readArchive(
  context: Context,
  reference: string,
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const agent = await reach(context, await findSandbox(context, reference));
  return openStream(agent, { op: 'tar.read', path: guestPath(path) }, signal).borrow(STDOUT);
}

/** Unpacks a tar stream into a directory. @throws BhattiError file.* */
export async function writeArchive(
  context: Context,
  reference: string,
  request: { readonly path: string; readonly user?: string | undefined },
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const agent = await reach(context, await findSandbox(context, reference));
  const user = request.user === undefined ? {} : { user: request.user };
  const stream = openStream(agent, { op: 'tar.write', path: guestPath(request.path), ...user }, signal);
  try {
    await stream.writeAll(STDIN, content);
    stream.end(STDIN);
  } catch (error) {
    stream.close();
    await stream.closed; // a refusal of the guest says more than a broken stream
    throw error;
  }
  await stream.closed;
}
