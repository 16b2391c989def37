import { BhattiError } from '@bhatti/wire/errors.ts';
import { keyValue } from '../arguments.ts';
import { sandboxPath } from '../client/api.ts';
import { LastingCommand, terminalIn } from '../client/lasting-command.ts';
import type { SessionReply } from '../client/replies.ts';
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

function openingFor(session: string | undefined, options: Options, size: Size): object {
  if (session !== undefined) return { attach: session, ...size };
  return {
    argv: LOGIN_SHELL,
    env: Object.fromEntries((options.env ?? []).map((text) => keyValue(text, '--env', process.env))),
    cwd: options.workdir,
    user: options.user,
    stdin: true,
    tty: { ...size, term: process.env.TERM || 'xterm-256color' },
  };
}

/** A session runs on though its daemon did not come back: says how to go on with it. */
function stillThere(error: unknown, session: string | undefined, again: string): unknown {
  if (session === undefined || !(error instanceof BhattiError) || error.code !== 'daemon.unreachable') return error;
  return new BhattiError('link.lost', `cannot go on with session ${session}: the connection is lost`, {
    remedy: again,
    cause: error,
  });
}

function onAway(): void {
  note('\r\nnobody answers; going on when the daemon is there again (Ctrl+\\ leaves)\r');
}

async function shell(cli: Cli, options: Options, sandbox: string): Promise<number> {
  const { stdout } = process;
  const size = { rows: stdout.rows || 24, cols: stdout.columns || 80 };
  const opening = openingFor(await sessionFor(cli, options, sandbox), options, size);
  const terminal = rawTerminal();
  let session: string | undefined;
  const afresh = (): object => {
    stdout.write(CLEAR_SCREEN);
    return { attach: session, ...terminal.size() };
  };
  const command = new LastingCommand({
    ...{ ...terminalIn(cli.api, sandbox), opening, outputs: ownOutputs(), onAway },
    ...(stdout.isTTY && { afresh }), // what is no terminal would get the scrollback twice
  });
  const again = (): string => `bhatti shell ${sandbox} --session ${session}`;
  try {
    const ending = await command.run((started) => {
      session = started.session;
      joinTerminal(command, terminal);
    });
    terminal.restore();
    if (ending.how === 'detached') note(`\r\ndetached from ${session}; go on with: ${again()}`);
    return codeOf(ending);
  } catch (error) {
    throw stillThere(error, session, again());
  } finally {
    terminal.restore();
  }
}

function joinTerminal(command: LastingCommand, terminal: RawTerminal): void {
  terminal.onResize(() => void command.say({ type: 'resize', ...terminal.size() }));
  const keys = new Keys(process.stdin, () => command.leave());
  void command.feed(keys).then(() => (keys.left ? command.detach() : command.endInput()));
}
