import { sandboxPath } from '../client/api.ts';
import { exitCode } from '../client/joined.ts';
import type { SessionReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { age, harmless, print, printJson, table } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

interface Options {
  readonly kill?: string;
  readonly signal?: string;
}

export const define: Define = (command, act) => {
  command
    .argument('<sandbox>', 'name, id, or the beginning of an id')
    .option('--kill <session>', 'signal all processes of a session')
    .option('--signal <signal>', 'the signal for --kill (default: SIGTERM)')
    .addHelpText(
      'after',
      examples('bhatti ps dev', 'bhatti ps dev --kill s1 --signal KILL', 'bhatti exec dev -- ps aux'),
    )
    .action(act(ps));
};

function stateText({ attached, exit }: SessionReply): string {
  if (exit !== undefined) return `ended (${exitCode(exit)})`;
  return attached ? 'attached' : 'detached';
}

export function sessionTable(sessions: readonly SessionReply[], nowMs: number): string[] {
  const rows = sessions.map((session) => [
    session.id,
    stateText(session),
    session.user,
    String(session.pid),
    age(session.startedAt, nowMs),
    harmless(session.argv.join(' ')),
  ]);
  return table(['SESSION', 'STATE', 'USER', 'PID', 'AGE', 'COMMAND'], rows);
}

async function ps(cli: Cli, options: Options, sandbox: string): Promise<void> {
  if (options.kill !== undefined) {
    const signal = options.signal === undefined ? '' : `?signal=${encodeURIComponent(options.signal)}`;
    await cli.api.json('DELETE', sandboxPath(sandbox, `/sessions/${encodeURIComponent(options.kill)}${signal}`));
    return;
  }
  const reply = await cli.api.json<{ sessions: SessionReply[] }>('GET', sandboxPath(sandbox, '/sessions'));
  if (cli.json) return printJson(reply);
  for (const line of sessionTable(reply.sessions, Date.now())) print(line);
}
