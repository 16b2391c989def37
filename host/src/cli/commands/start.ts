import { sandboxPath } from '../client/api.ts';
import type { SandboxDetailReply } from '../client/replies.ts';
import { watch } from '../client/watch.ts';
import type { Cli } from '../context.ts';
import { print, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .argument('<sandbox...>', 'names or ids')
    .addHelpText('after', examples('bhatti start dev', 'bhatti start web db'))
    .action(act(start));
};

async function start(cli: Cli, _: object, sandboxes: readonly string[]): Promise<void> {
  for (const sandbox of sandboxes) {
    const { result } = await watch<SandboxDetailReply>(cli.api, 'POST', sandboxPath(sandbox, '/start'));
    if (cli.json) printJson(result);
    else print(`sandbox/${result.name} started`);
  }
}
