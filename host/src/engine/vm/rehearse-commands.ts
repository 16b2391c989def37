import { STDERR, STDOUT } from '@bhatti/wire/messages.ts';
import type { Agent, AgentStream } from '../../ports/agent.ts';

/** Commands a fork is likely to be asked for first: one found in PATH, and a shell. */
const REHEARSED = [['true'], ['/bin/sh', '-c', '/bin/true']];
const USERS = ['lohar', 'root'];
/** Of one command line of an image; one that takes longer is ended, and costs nothing but that time. */
const TIMEOUT_MS = 30_000;

/**
 * Runs first commands, so that what they touch is in memory and, under emulation, translated when somebody needs it.
 *
 * @param rehearsal command lines of the image; how they end is no matter
 */
export async function rehearseCommands(agent: Agent, rehearsal: readonly string[]): Promise<void> {
  for (const user of USERS) for (const argv of REHEARSED) await run(agent, argv, user);
  for (const line of rehearsal) await run(agent, ['/bin/sh', '-c', line], 'lohar');
}

async function run(agent: Agent, argv: readonly string[], user: string): Promise<void> {
  const command = agent.open({ op: 'exec', argv, env: {}, stdin: false, user, timeoutMs: TIMEOUT_MS });
  await Promise.all([command.closed, drain(command, STDOUT), drain(command, STDERR)]);
}

async function drain(command: AgentStream, channel: typeof STDOUT | typeof STDERR): Promise<void> {
  for await (const _ of command.channel(channel));
}
