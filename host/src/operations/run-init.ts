import type { Sandbox } from '../core/sandbox.ts';
import type { Context } from './context.ts';
import { running } from './running.ts';

export const INIT_SESSION = 'init';
const TERMINAL = { rows: 24, cols: 80, term: 'xterm-256color' };

/**
 * Starts the sandbox's init script as a session that nobody is attached to; `bhatti shell dev --session init` shows it.
 * @throws BhattiError when the guest cannot start it
 */
export async function runInit(context: Context, sandbox: Sandbox, script: string): Promise<void> {
  const agent = await context.engine.agent(sandbox.id);
  const stream = agent.open({
    op: 'exec',
    argv: ['/bin/sh', '-c', script],
    env: {},
    stdin: true,
    tty: TERMINAL,
    session: INIT_SESSION,
  });
  const session = await running(stream);
  session.detach();
  await stream.closed;
}
