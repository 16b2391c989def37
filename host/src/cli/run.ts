/** The command line: arguments in, exit code out. */
import { CODES } from '@bhatti/wire/errors.ts';
import { Command, CommanderError, Help } from 'commander';
import { acting } from './acting.ts';
import { type Address, daemonAddress } from './client/address.ts';
import { Api } from './client/api.ts';
import type { Cli, GlobalOptions, Surroundings } from './context.ts';
import { globalOptions } from './global-options.ts';
import { optionsFirst } from './options-first.ts';
import type { Act } from './verb.ts';
import { VERBS, type VerbEntry, verbOf } from './verbs.ts';

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
      acting(
        (options) => clientOf(around, options),
        () => {},
      ),
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
  const act = acting(
    (options) => clientOf(around, options),
    (wanted) => {
      code = wanted;
    },
  );
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
