import { sandboxPath } from '../client/api.ts';
import type { SandboxDetailReply } from '../client/replies.ts';
import { watch } from '../client/watch.ts';
import type { Cli } from '../context.ts';
import { print, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .argument('<sandbox...>', 'names or ids')
    .option('--cold-boot', 'boot the disk of one that was saved, as after a loss of power: its memory is given up')
    .option('--verify', 'read the whole of a saved memory first and compare it with its checksums')
    .addHelpText('after', examples('bhatti start dev', 'bhatti start web db', 'bhatti start dev --cold-boot'))
    .action(act(start));
};

interface Options {
  readonly coldBoot?: boolean;
  readonly verify?: boolean;
}

async function start(cli: Cli, { coldBoot, verify }: Options, sandboxes: readonly string[]): Promise<void> {
  for (const sandbox of sandboxes) {
    const { result } = await watch<SandboxDetailReply>(cli.api, 'POST', sandboxPath(sandbox, '/start'), {
      body: { coldBoot, verify },
    });
    if (cli.json) printJson(result);
    else print(`sandbox/${result.name} started`);
  }
}
