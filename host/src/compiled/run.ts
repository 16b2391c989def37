/** Verbs that are typed often, compiled from the same source as the client on Node; everything else is handed over to it. */
import './node/globals.ts';
import type { Runtime } from '@bhatti/runtime/start.ts';
import type { Command } from 'commander';
import host from '../../package.json' with { type: 'json' };
import { acting } from '../cli/acting.ts';
import { daemonAddress } from '../cli/client/address.ts';
import { Api } from '../cli/client/api.ts';
import type { Cli, GlobalOptions, Surroundings } from '../cli/context.ts';
import { globalOptions } from '../cli/global-options.ts';
import { dataDirectory, socketPath, thisUser } from '../main/data-directory.ts';
import { Grammar } from './grammar.ts';
import { handOver } from './hand-over.ts';
import { begin, own } from './own.ts';
import { verbNamed } from './verbs.ts';

/** A daemon over TCP, and one that has to be started, are for the client on Node. */
function clientOf(options: GlobalOptions): Cli {
  const socket = socketPath(dataDirectory(options.dataDir, thisUser()));
  const address = daemonAddress(options, process.env, socket);
  if (address.kind !== 'unix') return handOver();
  return {
    around: { version: host.version } as Surroundings,
    options,
    api: new Api({ ...address, start: async () => handOver() }),
    program: async () => handOver(),
    json: options.json === true,
  };
}

/** Does what the arguments ask for, or becomes the client on Node. */
export async function run(runtime: Runtime): Promise<void> {
  begin(runtime);
  const [, verb = '', ...words] = runtime.args;
  const define = verbNamed(verb);
  if (define === undefined) return handOver();
  const grammar = new Grammar();
  const command = grammar as unknown as Command;
  define(
    command,
    acting(clientOf, (code) => own().sys.exit(code)),
  );
  globalOptions(command);
  const asked = grammar.read(words);
  // A terminal in raw mode is left to Node.
  if (asked === undefined || asked.options.tty === true) return handOver();
  await grammar.act(asked);
}
