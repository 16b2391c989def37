import { setTimeout as pause } from 'node:timers/promises';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { checkCommand, checkTerminal, type Terminal } from '../core/command.ts';
import { checkEnvironment } from '../core/environment.ts';
import { guestPath } from '../core/guest-path.ts';
import { isLive, type SandboxState } from '../core/sandbox.ts';
import type { Context } from './context.ts';
import { findSandbox } from './find-sandbox.ts';
import { notReachable, openStream, reach } from './reach.ts';
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
  /** 32 hex digits to go on by when the daemon or its link is lost. */
  readonly keep?: string | undefined;
}

export interface ResumeRequest {
  /** ExecRequest.keep */
  readonly exec: string;
  /** Bytes of output and of errors that the client has. */
  readonly received: readonly number[];
  /** It is a session on a terminal. */
  readonly terminal?: boolean | undefined;
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
      ...(request.keep === undefined ? {} : { keep: request.keep }),
    },
    signal,
  );
  return running(stream);
}

const LOOK_MS = 50;
const COMING: readonly SandboxState[] = ['starting', 'stopping'];

/**
 * Goes on with a command whose daemon or link was lost, once its sandbox runs: nobody wakes it for that.
 * @throws BhattiError exec.lost | sandbox.*
 */
export async function resumeExec(
  context: Context,
  reference: string,
  request: ResumeRequest,
  signal: AbortSignal,
): Promise<Running> {
  for (;;) {
    const sandbox = await findSandbox(context, reference);
    if (sandbox.state === 'running' && !context.engine.isPaused(sandbox.id)) {
      const agent = await reach(context, sandbox, { terminals: request.terminal ?? false });
      const { exec, received } = request;
      return running(openStream(agent, { op: 'resume', exec, received }, signal));
    }
    if (!isLive(sandbox.state) && !COMING.includes(sandbox.state)) throw notReachable(sandbox);
    await pause(LOOK_MS, undefined, { signal });
  }
}
