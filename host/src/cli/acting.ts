/** What is around each verb: a client made of the options, and errors told in one way. */
import { BhattiError, CODES } from '@bhatti/wire/errors.ts';
import type { Command } from 'commander';
import type { Cli, GlobalOptions } from './context.ts';
import { printError } from './terminal/output.ts';
import type { Act, Outcome } from './verb.ts';

/** An error nobody foresaw shows its stack when asked for: BHATTI_DEBUG=1. */
function foreseen(error: unknown): BhattiError {
  if (error instanceof BhattiError) return error;
  const text = error instanceof Error ? (process.env.BHATTI_DEBUG && error.stack) || error.message : String(error);
  return new BhattiError('internal', `cannot go on: ${text}`, { remedy: 'set BHATTI_DEBUG=1 to see where' });
}

/** Arguments as commander gives them to an action: positional ones, then options, then the command. */
export function acting(clientOf: (options: GlobalOptions) => Cli, leave: (code: number) => void): Act {
  return <O, A extends readonly unknown[]>(does: (cli: Cli, options: O, ...args: A) => Outcome | Promise<void>) =>
    async (...given: unknown[]) => {
      const command = given.at(-1) as Pick<Command, 'optsWithGlobals'>;
      const options = command.optsWithGlobals();
      try {
        const args = given.slice(0, -2) as unknown as A;
        const code = await does(clientOf(options), options as O, ...args);
        leave(code ?? 0);
      } catch (thrown) {
        const error = foreseen(thrown);
        printError(error, options.json === true);
        leave(CODES[error.code].exit);
      }
    };
}
