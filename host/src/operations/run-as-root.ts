import type { Context } from './context.ts';
import { openStream } from './reach.ts';
import { type Running, running } from './running.ts';

export const LOHAR = '/usr/local/bin/lohar';

/** Starts a program of the guest that works for an operation, whatever state its row tells. @throws BhattiError exec.* */
export async function runAsRoot(
  context: Context,
  id: string,
  argv: readonly string[],
  also: { readonly stdin: boolean; readonly signal: AbortSignal },
): Promise<Running> {
  const agent = await context.engine.agent(id);
  return running(
    openStream(agent, { op: 'exec', argv, env: {}, user: 'root', cwd: '/', stdin: also.stdin }, also.signal),
  );
}

/** The first pieces of a stream, or all. */
export async function textOf(bytes: AsyncIterable<Uint8Array>, pieces: number): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) if (parts.push(part) >= pieces) break;
  return Buffer.concat(parts).toString('utf8');
}

const COMPLAINT_PIECES = 64;
const COMPLAINT_SIZE_MAX = 2048;

/** Why it failed, in its own words. */
export async function complaintOf(program: Running): Promise<string> {
  const said = (await textOf(program.stderr, COMPLAINT_PIECES)).trim().slice(-COMPLAINT_SIZE_MAX);
  return said || 'the guest did not say why';
}
