import { keyValue, millisecondsOf } from '../arguments.ts';
import { type Api, sandboxPath } from '../client/api.ts';
import { type Ending, exitCode } from '../client/joined.ts';
import { dialer, LastingCommand, terminalIn } from '../client/lasting-command.ts';
import type { Cli } from '../context.ts';
import { note } from '../terminal/output.ts';
import { hasInput, ownOutputs } from '../terminal/own-streams.ts';
import { rawTerminal } from '../terminal/raw-terminal.ts';
import { type Define, examples, repeated } from '../verb.ts';

interface Options {
  readonly tty?: boolean;
  readonly interactive?: boolean;
  readonly stdin: boolean;
  readonly user?: string;
  readonly workdir?: string;
  readonly env?: readonly string[];
  readonly timeout?: string;
  readonly session?: string;
}

/** Passed on to the command, as ssh and docker do. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

export const define: Define = (command, act) => {
  command
    .argument('<sandbox>', 'name, id, or the beginning of an id')
    .argument('<command...>', 'the program and its arguments')
    .passThroughOptions()
    .option('-i, --interactive', 'accepted: standard input is always passed on')
    .option('-n, --no-stdin', 'give it no standard input')
    .option('-t, --tty', 'give it a terminal')
    .option('-u, --user <user>', 'name or uid (default: lohar)')
    .option('-w, --workdir <folder>', 'where it runs')
    .option('-e, --env <K=V>', 'variable for it; repeat. K alone takes the value from here', repeated)
    .option('--timeout <duration>', 'end it after so many seconds, or 500ms, 5m, 1h; exit code 124')
    .option('--session <name>', 'with -t: the name to attach to it by')
    .addHelpText(
      'after',
      `${examples(
        'bhatti exec dev -- uname -a',
        'bhatti exec dev -u root -w /etc -- tar c . > etc.tar',
        'echo "select 1" | bhatti exec dev -- psql',
        'bhatti exec -t dev -- htop',
      )}\nIts exit code is the command's; 125 our own error, 126 not executable, 127 not found, 128+n a signal.\n`,
    )
    .action(act(exec));
};

/** The first message of the stream. @throws BhattiError request.invalid */
export function execOpening(argv: readonly string[], options: Options, stdin: boolean, env: NodeJS.ProcessEnv): object {
  const pairs = options.env?.map((text) => keyValue(text, '--env', env));
  return {
    argv: argv[0] === '--' ? argv.slice(1) : argv,
    env: pairs === undefined ? undefined : Object.fromEntries(pairs),
    cwd: options.workdir,
    user: options.user,
    timeoutMs: options.timeout === undefined ? undefined : millisecondsOf(options.timeout, '--timeout'),
    stdin,
    session: options.session,
  };
}

export function codeOf(ending: Ending): number {
  if (ending.how === 'lost') throw ending.error;
  return ending.how === 'detached' ? 0 : exitCode(ending.exit);
}

async function exec(cli: Cli, options: Options, sandbox: string, argv: readonly string[]): Promise<number> {
  const stdin = options.stdin && hasInput();
  const opening = execOpening(argv, options, stdin, process.env);
  // What is told of a daemon that starts, or a wrong name, is told before the terminal is the command's.
  if (options.tty) await cli.api.json('GET', sandboxPath(sandbox));
  const run = options.tty ? onTerminal : withPipes;
  const ending = await run(cli.api, sandbox, { opening, stdin });
  if (ending.how === 'exit' && ending.exit.timedOut) note(`the command was ended after --timeout ${options.timeout}`);
  return codeOf(ending);
}

function begin(command: LastingCommand, stdin: boolean): void {
  for (const signal of FORWARDED) process.on(signal, () => void command.say({ type: 'signal', signal }));
  // An input that fails to be read ends like one that is over; the command goes on.
  if (stdin)
    void command
      .feed(process.stdin)
      .catch(() => {})
      .then(() => command.endInput());
}

interface Asked {
  readonly opening: object;
  readonly stdin: boolean;
}

function withPipes({ address }: Api, sandbox: string, { opening, stdin }: Asked): Promise<Ending> {
  const command = new LastingCommand({ dial: dialer(address, sandbox), opening, outputs: ownOutputs() });
  return command.run(() => begin(command, stdin));
}

async function onTerminal(api: Api, sandbox: string, { opening, stdin }: Asked): Promise<Ending> {
  const terminal = rawTerminal();
  const tty = { ...terminal.size(), term: process.env.TERM || 'xterm-256color' };
  const asked = { opening: { ...opening, tty }, outputs: ownOutputs() };
  const command = new LastingCommand({ ...terminalIn(api, sandbox), ...asked });
  terminal.onResize(() => void command.say({ type: 'resize', ...terminal.size() }));
  try {
    return await command.run(() => begin(command, stdin));
  } finally {
    terminal.restore();
  }
}
