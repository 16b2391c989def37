import { type FileStat, STDIN } from '@bhatti/wire/messages.ts';
import { guestPath } from '../core/guest-path.ts';
import type { Sandbox } from '../core/sandbox.ts';
import type { Agent } from '../ports/agent.ts';
import type { Context } from './context.ts';
import type { GuestFile } from './create.ts';
import { findSandbox } from './find-sandbox.ts';
import { openStream, reach, reply } from './reach.ts';

export interface WriteFileRequest {
  readonly path: string;
  readonly mode?: number | undefined;
  readonly user?: string | undefined;
}

type Content = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

async function write(
  agent: Agent,
  request: WriteFileRequest,
  content: Content,
  signal: AbortSignal,
): Promise<FileStat> {
  const { mode, user } = request;
  const stream = openStream(
    agent,
    {
      op: 'file.write',
      path: guestPath(request.path),
      ...(mode === undefined ? {} : { mode }),
      ...(user === undefined ? {} : { user }),
    },
    signal,
  );
  const answer = reply(stream.messages[Symbol.asyncIterator](), 'stat');
  answer.catch(() => {});
  try {
    await stream.writeAll(STDIN, content);
    stream.end(STDIN);
    return (await answer).stat;
  } catch (error) {
    stream.close(); // before the end: the guest throws its temporary file away
    await answer; // a refusal of the guest says more than a broken stream
    throw error;
  } finally {
    stream.close();
  }
}

/** Writes a file of the guest at once or not at all. @throws BhattiError file.* */
export async function writeFile(
  context: Context,
  reference: string,
  request: WriteFileRequest,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<FileStat> {
  guestPath(request.path);
  const sandbox = await findSandbox(context, reference);
  return write(await reach(context, sandbox), request, content, signal);
}

/** Lays a file into a sandbox that is being created. */
export async function writeGuestFile(
  context: Context,
  sandbox: Sandbox,
  file: GuestFile,
  signal: AbortSignal,
): Promise<void> {
  await write(await context.engine.agent(sandbox.id), file, [file.content], signal);
}
