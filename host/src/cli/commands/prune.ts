import type { Cli } from '../context.ts';
import { print } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .addHelpText(
      'after',
      `${examples('bhatti prune')}\nPrepared clones and templates go, and the network when nothing runs; the next create makes them again.\n`,
    )
    .action(act(prune));
};

async function prune(cli: Cli): Promise<void> {
  await cli.api.json('POST', '/v1/prune');
  if (!cli.json) print('pruned');
}
