import { BhattiError } from '@bhatti/wire/errors.ts';
import { keyValue } from '../arguments.ts';
import { sandboxPath, withQuery } from '../client/api.ts';
import { type Ending, follow } from '../client/joined.ts';
import type { SandboxReply, SessionReply } from '../client/replies.ts';
import { type Channel, openChannel } from '../client/web-socket.ts';
import type { Cli } from '../context.ts';
import { Keys } from '../terminal/keys.ts';
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

/** The user's own shell as a login shell; lohar sets SHELL from /etc/passwd. */
const LOGIN_SHELL = ['/bin/sh', '-c', 'exec "$SHELL" -l'];
/** A daemon that is started again answers within a second; one on a loaded machine takes some. */
const BACK_MS = 30_000;
const RETRY_MS = 200;
/** The scrollback that follows is then what the terminal shows. */
const CLEAR_SCREEN = '\x1b[H\x1b[2J\x1b[3J';

type Size = ReturnType<RawTerminal['size']>;

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

function attach(cli: Cli, sandbox: string, session: string, size: Size): Promise<Channel> {
  const below = `/sessions/${encodeURIComponent(session)}/ws`;
  return openChannel(cli.api.address, withQuery(sandboxPath(sandbox, below), size));
}

async function open(cli: Cli, options: Options, sandbox: string, size: Size): Promise<Channel> {
  const session = await sessionFor(cli, options, sandbox);
  if (session !== undefined) return attach(cli, sandbox, session, size);
  const channel = await openChannel(cli.api.address, sandboxPath(sandbox, '/exec/ws'));
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

function isAway(error: unknown): boolean {
  return error instanceof BhattiError && (error.code === 'daemon.unreachable' || error.code === 'link.lost');
}

/**
 * Goes on with a session once its daemon is there again. A sandbox that somebody stopped or saved is not woken for it.
 * @returns undefined when that is not so in time, or the user leaves
 */
async function attachAgain(
  cli: Cli,
  sandbox: string,
  session: string,
  about: { readonly terminal: RawTerminal; readonly keys: Keys; readonly until: number },
): Promise<Channel | undefined> {
  while (!about.keys.left && Date.now() < about.until) {
    try {
      const { state } = await cli.api.json<SandboxReply>('GET', sandboxPath(sandbox));
      if (state !== 'running' && state !== 'warm') return undefined;
      return await attach(cli, sandbox, session, about.terminal.size());
    } catch (error) {
      if (!isAway(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  return undefined;
}

function codeOfEnding(ending: Ending, session: string | undefined, sandbox: string): number {
  const again = `bhatti shell ${sandbox} --session ${session}`;
  if (ending.how === 'detached') note(`\r\ndetached from ${session}; go on with: ${again}`);
  if (ending.how === 'lost' && session !== undefined) {
    throw new BhattiError('link.lost', `cannot go on with session ${session}: the connection is lost`, {
      remedy: again,
    });
  }
  return codeOf(ending);
}

/** Joins the terminal with the session until that ends or is left, over as many daemons as it takes. */
async function talk(cli: Cli, opened: Channel, terminal: RawTerminal, sandbox: string): Promise<number> {
  const keys = new Keys(process.stdin);
  const outputs = ownOutputs();
  let session: string | undefined;
  let until = 0;
  terminal.onResize(() => keys.say({ type: 'resize', ...terminal.size() }));
  for (let channel = opened; ; ) {
    const current = channel;
    const ending = await follow(current, outputs, (started) => {
      if (session !== undefined) process.stdout.write(CLEAR_SCREEN);
      session = started.session;
      until = 0;
      keys.join(current);
    });
    keys.part();
    // What is no terminal would get the scrollback twice.
    if (ending.how === 'lost' && session !== undefined && process.stdout.isTTY) {
      if (until === 0) note('\r\nthe connection is lost; going on when the daemon answers again (Ctrl+\\ leaves)\r');
      until ||= Date.now() + BACK_MS;
      const next = await attachAgain(cli, sandbox, session, { terminal, keys, until });
      if (next !== undefined) {
        channel = next;
        continue;
      }
    }
    terminal.restore();
    return codeOfEnding(keys.left ? { how: 'detached' } : ending, session, sandbox);
  }
}

async function shell(cli: Cli, options: Options, sandbox: string): Promise<number> {
  const { stdout } = process;
  const channel = await open(cli, options, sandbox, { rows: stdout.rows || 24, cols: stdout.columns || 80 });
  const terminal = rawTerminal();
  try {
    return await talk(cli, channel, terminal, sandbox);
  } finally {
    terminal.restore();
  }
}
