import { sandboxPath } from '../client/api.ts';
import type { SandboxDetailReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { print, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .argument('<sandbox...>', 'names or ids')
    .addHelpText('after', examples('bhatti pause dev', 'bhatti pause web db'))
    .action(act(pause));
};

async function pause(cli: Cli, _: object, sandboxes: readonly string[]): Promise<void> {
  for (const sandbox of sandboxes) {
    const reply = await cli.api.json<SandboxDetailReply>('POST', sandboxPath(sandbox, '/pause'));
    if (cli.json) printJson(reply);
    else print(`sandbox/${reply.name} paused`);
  }
}
