import { BhattiError } from '@bhatti/wire/errors.ts';
import { checkCommand, checkTerminal, type Terminal } from '../core/command.ts';
import { checkEnvironment } from '../core/environment.ts';
import { guestPath } from '../core/guest-path.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { openStream, reach } from './reach.ts';
import { type Running, running } from './running.ts';

export interface ExecRequest {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  readonly user?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly stdin?: boolean | undefined;
  readonly tty?: Terminal | undefined;
  readonly session?: string | undefined;
}

/**
 * Starts a command. Resolves when it runs.
 * @throws BhattiError exec.not-found, exec.not-executable and what else the guest refuses
 */
export async function exec(
  context: Context,
  reference: string,
  request: ExecRequest,
  signal: AbortSignal,
): Promise<Running> {
  const argv = checkCommand(request.argv);
  const env = checkEnvironment(request.env ?? {});
  const cwd = request.cwd === undefined ? {} : { cwd: guestPath(request.cwd) };
  const tty = request.tty === undefined ? {} : { tty: checkTerminal(request.tty) };
  if (request.session !== undefined && request.tty === undefined) {
    throw new BhattiError('request.invalid', 'cannot name a session: a command without a terminal has none', {
      remedy: 'ask for a terminal (tty) as well',
    });
  }
  const sandbox = await findSandbox(context, reference);
  const agent = await reach(context, sandbox);
  const stream = openStream(
    agent,
    {
      op: 'exec',
      argv,
      env,
      ...cwd,
      ...(request.user === undefined ? {} : { user: request.user }),
      ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
      stdin: request.stdin ?? false,
      ...tty,
      ...(request.session === undefined ? {} : { session: request.session }),
    },
    signal,
  );
  return running(stream);
}
