/** Questions about and changes to the guest's files that are one message each. */
import type { FileStat } from '@bhatti/wire/messages.ts';
import { guestPath } from '../core/guest-path.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { ask, openStream, reach } from './reach.ts';

/** @throws BhattiError file.not-found | file.denied | file.failed */
export async function statFile(
  context: Context,
  reference: string,
  path: string,
  signal: AbortSignal,
): Promise<FileStat> {
  const agent = await reach(context, await findSandbox(context, reference));
  return (await ask(agent, { op: 'file.stat', path: guestPath(path) }, 'stat', signal)).stat;
}

/** @throws BhattiError file.not-found | file.not-directory | file.denied | file.failed */
export async function listFiles(
  context: Context,
  reference: string,
  path: string,
  signal: AbortSignal,
): Promise<{ entries: readonly FileStat[]; truncated: boolean }> {
  const agent = await reach(context, await findSandbox(context, reference));
  const { entries, truncated } = await ask(agent, { op: 'file.list', path: guestPath(path) }, 'entries', signal);
  return { entries, truncated };
}

/** @throws BhattiError file.* */
export async function makeDirectory(
  context: Context,
  reference: string,
  request: { readonly path: string; readonly parents: boolean; readonly mode?: number | undefined },
  signal: AbortSignal,
): Promise<void> {
  const agent = await reach(context, await findSandbox(context, reference));
  const mode = request.mode === undefined ? {} : { mode: request.mode };
  const path = guestPath(request.path);
  await openStream(agent, { op: 'file.mkdir', path, parents: request.parents, ...mode }, signal).closed;
}

/** @throws BhattiError file.* */
export async function removeFile(
  context: Context,
  reference: string,
  request: { readonly path: string; readonly recursive: boolean },
  signal: AbortSignal,
): Promise<void> {
  const agent = await reach(context, await findSandbox(context, reference));
  const path = guestPath(request.path);
  await openStream(agent, { op: 'file.remove', path, recursive: request.recursive }, signal).closed;
}
