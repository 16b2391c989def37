import { BhattiError } from '@bhatti/wire/errors.ts';
import { keyValue } from '../arguments.ts';
import { sandboxPath, withQuery } from '../client/api.ts';
import { follow, inputMessage } from '../client/joined.ts';
import type { SessionReply } from '../client/replies.ts';
import { type Channel, openChannel } from '../client/web-socket.ts';
import type { Cli } from '../context.ts';
import { note } from '../terminal/output.ts';
import { ownOutputs } from '../terminal/own-streams.ts';
import { type RawTerminal, rawTerminal } from '../terminal/raw-terminal.ts';
import { type Define, examples, repeated } from '../verb.ts';
import { codeOf } from './exec.ts';

interface Options {
  readonly new?: boolean;
  readonly session?: string;
  readonly user?: string;
  readonly workdir?: string;
  readonly env?: readonly string[];
}

/** Ctrl+\ : leaves the session running. */
const DETACH_KEY = 0x1c;
/** The user's own shell as a login shell; lohar sets SHELL from /etc/passwd. */
const LOGIN_SHELL = ['/bin/sh', '-c', 'exec "$SHELL" -l'];

export const define: Define = (command, act) => {
  command
    .argument('<sandbox>', 'name, id, or the beginning of an id')
    .option('--new', 'open another although a detached one waits')
    .option('--session <name>', 'go on with this one; see bhatti ps')
    .option('-u, --user <user>', 'name or uid (default: lohar)')
    .option('-w, --workdir <folder>', 'where it begins')
    .option('-e, --env <K=V>', 'variable for it; repeat', repeated)
    .addHelpText(
      'after',
      examples('bhatti shell dev', 'bhatti shell dev --new --user root', 'bhatti shell dev --session init') +
        '\nCtrl+\\ detaches; the same command goes on with it, and shows what was written meanwhile.\n',
    )
    .action(act(shell));
};

/** The newest terminal that somebody left behind; the one named init is asked for by its name. */
export function detached(sessions: readonly SessionReply[]): string | undefined {
  const waiting = sessions.filter(
    ({ id, tty, attached, exit }) => tty && !attached && exit === undefined && id !== 'init',
  );
  return waiting.sort((a, b) => b.startedAt.localeCompare(a.startedAt))[0]?.id;
}

async function sessionFor(cli: Cli, options: Options, sandbox: string): Promise<string | undefined> {
  if (options.session !== undefined || options.new) return options.session;
  if (options.user !== undefined || options.workdir !== undefined || options.env !== undefined) return undefined;
  const path = sandboxPath(sandbox, '/sessions');
  return detached((await cli.api.json<{ sessions: SessionReply[] }>('GET', path)).sessions);
}

async function open(
  cli: Cli,
  options: Options,
  sandbox: string,
  size: { rows: number; cols: number },
): Promise<Channel> {
  const { address } = cli.api;
  const session = await sessionFor(cli, options, sandbox);
  if (session !== undefined) {
    const below = `/sessions/${encodeURIComponent(session)}/ws`;
    return openChannel(address, withQuery(sandboxPath(sandbox, below), size));
  }
  const channel = await openChannel(address, sandboxPath(sandbox, '/exec/ws'));
  const opening = {
    argv: LOGIN_SHELL,
    env: Object.fromEntries((options.env ?? []).map((text) => keyValue(text, '--env', process.env))),
    cwd: options.workdir,
    user: options.user,
    stdin: true,
    tty: { ...size, term: process.env.TERM || 'xterm-256color' },
  };
  await channel.send(JSON.stringify(opening));
  return channel;
}

/** Sends keys until the detach key; after it, nothing more. */
async function sendKeys(channel: Channel): Promise<void> {
  for await (const bytes of process.stdin) {
    const at = (bytes as Buffer).indexOf(DETACH_KEY);
    await channel.send(inputMessage(at < 0 ? (bytes as Buffer) : (bytes as Buffer).subarray(0, at)));
    if (at < 0) continue;
    await channel.send('{"type":"detach"}');
    return;
  }
  await channel.send('{"type":"end"}');
}

async function talk(channel: Channel, terminal: RawTerminal, sandbox: string): Promise<number> {
  let session: string | undefined;
  terminal.onResize(() => void channel.send(JSON.stringify({ type: 'resize', ...terminal.size() })));
  const ending = await follow(channel, ownOutputs(), (started) => {
    session = started;
    sendKeys(channel).catch(() => channel.close());
  });
  terminal.restore();
  const again = `bhatti shell ${sandbox} --session ${session}`;
  if (ending.how === 'detached') note(`\r\ndetached from ${session}; go on with: ${again}`);
  if (ending.how === 'lost' && session !== undefined) {
    throw new BhattiError('link.lost', `cannot go on with session ${session}: the connection is lost`, {
      remedy: again,
    });
  }
  return codeOf(ending);
}

async function shell(cli: Cli, options: Options, sandbox: string): Promise<number> {
  const { stdout } = process;
  const channel = await open(cli, options, sandbox, { rows: stdout.rows || 24, cols: stdout.columns || 80 });
  const terminal = rawTerminal();
  try {
    return await talk(channel, terminal, sandbox);
  } finally {
    terminal.restore();
  }
}
