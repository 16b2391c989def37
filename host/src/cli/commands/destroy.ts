import { BhattiError } from '@bhatti/wire/errors.ts';
import { sandboxPath } from '../client/api.ts';
import type { SandboxReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { confirm } from '../terminal/confirm.ts';
import { print, printError, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

interface Options {
  readonly yes?: boolean;
  readonly all?: boolean;
}

export const define: Define = (command, act) => {
  command
    .argument('[sandbox...]', 'names or ids')
    .option('-y, --yes', 'do not ask')
    .option('--all', 'every sandbox')
    .addHelpText('after', examples('bhatti destroy dev', 'bhatti destroy web db --yes', 'bhatti destroy --all'))
    .action(act(destroy));
};

async function named(cli: Cli, options: Options, sandboxes: readonly string[]): Promise<readonly string[]> {
  if (!options.all) return sandboxes;
  const reply = await cli.api.json<{ sandboxes: SandboxReply[] }>('GET', '/v1/sandboxes');
  return reply.sandboxes.map(({ name }) => name);
}

async function destroy(cli: Cli, options: Options, sandboxes: readonly string[]): Promise<number | undefined> {
  if ((sandboxes.length === 0) !== (options.all === true)) {
    throw new BhattiError('request.invalid', 'cannot destroy: name sandboxes, or all of them', {
      remedy: 'bhatti destroy NAME, or bhatti destroy --all',
    });
  }
  const names = await named(cli, options, sandboxes);
  if (names.length === 0) return undefined;
  await confirm({ verb: 'destroy', names, yes: options.yes === true });
  let failed = 0;
  for (const name of names) {
    try {
      const gone = await cli.api.json<SandboxReply>('DELETE', sandboxPath(name));
      if (cli.json) printJson(gone);
      else print(`sandbox/${gone.name} destroyed`);
    } catch (error) {
      // One that is not there must not keep the others alive.
      if (!(error instanceof BhattiError) || names.length === 1) throw error;
      printError(error, cli.json);
      failed += 1;
    }
  }
  return failed === 0 ? undefined : 125;
}
