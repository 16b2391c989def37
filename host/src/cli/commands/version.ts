import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Address } from '../client/address.ts';
import { Api } from '../client/api.ts';
import type { Cli } from '../context.ts';
import { print, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command.addHelpText('after', examples('bhatti version', 'bhatti version --json')).action(act(version));
};

/** Asking for a version is no reason to start a daemon. */
function unstarted(address: Address): Address {
  return address.kind === 'unix' ? { kind: 'unix', path: address.path } : address;
}

async function daemonVersion(cli: Cli): Promise<string | undefined> {
  try {
    return (await new Api(unstarted(cli.api.address)).json<{ version: string }>('GET', '/version')).version;
  } catch (error) {
    if (error instanceof BhattiError && error.code === 'daemon.unreachable') return undefined;
    throw error;
  }
}

async function version(cli: Cli): Promise<void> {
  const daemon = await daemonVersion(cli);
  const client = cli.around.version;
  if (cli.json) return printJson({ client, daemon: daemon ?? null });
  print(`client ${client}`);
  print(`daemon ${daemon ?? '(not running)'}`);
}
