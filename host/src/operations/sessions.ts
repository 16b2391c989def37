import type { SessionInfo } from '@bhatti/wire/messages.ts';
import { checkTerminal, sessionName, signalName } from '../core/command.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { ask, openStream, reach } from './reach.ts';
import { type Running, running } from './running.ts';

export async function listSessions(
  context: Context,
  reference: string,
  signal: AbortSignal,
): Promise<readonly SessionInfo[]> {
  const agent = await reach(context, await findSandbox(context, reference));
  return (await ask(agent, { op: 'session.list' }, 'sessions', signal)).sessions;
}

/** Signals the whole tree of a session. @throws BhattiError session.not-found */
export async function killSession(
  context: Context,
  reference: string,
  request: { readonly session: string; readonly signal: string },
  signal: AbortSignal,
): Promise<void> {
  const agent = await reach(context, await findSandbox(context, reference));
  const session = sessionName(request.session);
  await openStream(agent, { op: 'session.kill', session, signal: signalName(request.signal) }, signal).closed;
}

export interface AttachRequest {
  readonly session: string;
  readonly rows: number;
  readonly cols: number;
  /** 32 hex digits to go on by when the daemon or its link is lost. */
  readonly keep?: string | undefined;
}

/** Goes on with a session: its scrollback first, then live. @throws BhattiError session.not-found */
export async function attach(
  context: Context,
  reference: string,
  request: AttachRequest,
  signal: AbortSignal,
): Promise<Running> {
  checkTerminal({ ...request, term: 'xterm' });
  const agent = await reach(context, await findSandbox(context, reference));
  const { rows, cols } = request;
  const keep = request.keep === undefined ? {} : { keep: request.keep };
  return running(
    openStream(agent, { op: 'attach', session: sessionName(request.session), rows, cols, ...keep }, signal),
  );
}
