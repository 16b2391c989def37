import type { Agent } from '../../ports/agent.ts';

/** Commands a fork is likely to be asked for first: one found in PATH, and a shell. */
const REHEARSED = [['true'], ['/bin/sh', '-c', '/bin/true']];
const USERS = ['lohar', 'root'];

/** Runs first commands, so that what they touch is in memory and, under emulation, translated when somebody needs it. */
export async function rehearseCommands(agent: Agent): Promise<void> {
  for (const user of USERS) {
    for (const argv of REHEARSED) {
      const command = agent.open({ op: 'exec', argv, env: {}, stdin: false, user });
      for await (const message of command.messages) if (message.is === 'exit') break;
      await command.closed;
    }
  }
}
