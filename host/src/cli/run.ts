/** The command line: arguments in, exit code out. */
import { BhattiError, CODES } from '@bhatti/wire/errors.ts';
import { Command, CommanderError, Help } from 'commander';
import { type Address, daemonAddress } from './client/address.ts';
import { Api } from './client/api.ts';
import type { Cli, GlobalOptions, Surroundings } from './context.ts';
import { optionsFirst } from './options-first.ts';
import { printError } from './terminal/output.ts';
import type { Act, Outcome } from './verb.ts';
import { VERBS, type VerbEntry, verbOf } from './verbs.ts';

function globalOptions(command: Command): Command {
  return command
    .option('--json', "print the API's own reply")
    .option('--url <url>', 'a daemon elsewhere (BHATTI_URL)')
    .option('--token <key>', 'API key for it (BHATTI_TOKEN)')
    .option('--data-dir <folder>', "folder of this machine's daemon (BHATTI_DATA_DIR)");
}

function clientOf(around: Surroundings, options: GlobalOptions): Cli {
  const dataDir = around.dataDirectory(options.dataDir);
  const socket = around.socketPath(dataDir);
  const found = daemonAddress(options, process.env, socket);
  const start = async (): Promise<void> => {
    const { startDaemon } = await import('./client/daemon-start.ts');
    const service = around.serviceOf(dataDir);
    await startDaemon({ argv: [...around.argv, 'serve'], dataDir, socket, service });
  };
  const address: Address = found.kind === 'unix' ? { ...found, start } : found;
  return { around, options, api: new Api(address), program: () => wholeProgram(around), json: options.json === true };
}

/** An error nobody foresaw shows its stack when asked for: BHATTI_DEBUG=1. */
function foreseen(error: unknown): BhattiError {
  if (error instanceof BhattiError) return error;
  const text = error instanceof Error ? (process.env.BHATTI_DEBUG && error.stack) || error.message : String(error);
  return new BhattiError('internal', `cannot go on: ${text}`, { remedy: 'set BHATTI_DEBUG=1 to see where' });
}

/** Arguments as commander gives them to an action: positional ones, then options, then the command. */
function acting(around: Surroundings, leave: (code: number) => void): Act {
  return <O, A extends readonly unknown[]>(does: (cli: Cli, options: O, ...args: A) => Outcome | Promise<void>) =>
    async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      const options = command.optsWithGlobals();
      try {
        const args = given.slice(0, -2) as unknown as A;
        const code = await does(clientOf(around, options), options as O, ...args);
        leave(code ?? 0);
      } catch (thrown) {
        const error = foreseen(thrown);
        printError(error, options.json === true);
        leave(CODES[error.code].exit);
      }
    };
}

async function addVerb(program: Command, entry: VerbEntry, act: Act, whole: boolean): Promise<Command> {
  const command = program
    .command(entry.name)
    .description(entry.summary)
    .aliases([...entry.aliases]);
  command.helpGroup(entry.group);
  if (whole) (await entry.load()).define(command, act);
  for (const one of [command, ...command.commands]) if (one.commands.length === 0) globalOptions(one);
  return command;
}

async function wholeProgram(around: Surroundings): Promise<Command> {
  const program = bareProgram(around);
  for (const entry of VERBS)
    await addVerb(
      program,
      entry,
      acting(around, () => {}),
      true,
    );
  return program;
}

function bareProgram(around: Surroundings): Command {
  return globalOptions(new Command('bhatti'))
    .description('Self-hosted sandboxes: real Linux microVMs that start like processes')
    .version(around.version, '-V, --version')
    .enablePositionalOptions()
    .configureHelp({ helpWidth: Math.min(100, process.stdout.columns ?? 100), subcommandTerm: termOf })
    .exitOverride();
}

/** 'list, ls' instead of commander's 'list|ls [options]'. */
function termOf(command: Command): string {
  const args = command.registeredArguments.map((argument) => new Help().argumentTerm(argument)).join(' ');
  return `${[command.name(), ...command.aliases()].join(', ')} ${args}`.trim();
}

function execWords(words: readonly string[], command: Command): string[] {
  const verb = words.indexOf(command.name()) + 1;
  return [...words.slice(0, verb), ...optionsFirst(words.slice(verb), command)];
}

/** @returns the exit code */
export async function run(argv: readonly string[], around: Surroundings): Promise<number> {
  let code = 0;
  const act = acting(around, (wanted) => {
    code = wanted;
  });
  const wanted = verbOf(argv);
  const program = bareProgram(around);
  let words = [...argv];
  for (const entry of wanted === undefined ? VERBS : [wanted]) {
    const command = await addVerb(program, entry, act, entry === wanted);
    if (entry.name === 'exec') words = execWords(words, command);
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : CODES['request.invalid'].exit;
    throw error;
  }
}
