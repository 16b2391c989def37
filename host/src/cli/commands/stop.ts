import { millisecondsOf } from '../arguments.ts';
import { sandboxPath } from '../client/api.ts';
import type { SandboxDetailReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { print, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

interface Options {
  readonly force?: boolean;
  readonly timeout?: string;
  readonly save?: boolean;
}

export const define: Define = (command, act) => {
  command
    .argument('<sandbox...>', 'names or ids')
    .option('-f, --force', 'kill it instead of asking it to power off')
    .option('-t, --timeout <duration>', 'what it gets to power off before it is killed (default: 30 s)')
    .option('-s, --save', 'keep its memory as well, on disk: it goes on where it was when it is started or asked for')
    .addHelpText(
      'after',
      examples(
        'bhatti stop dev',
        'bhatti stop dev --save',
        'bhatti stop web db --timeout 5s',
        'bhatti stop dev --force',
      ),
    )
    .action(act(stop));
};

async function stop(cli: Cli, options: Options, sandboxes: readonly string[]): Promise<void> {
  const timeoutMs = options.timeout === undefined ? undefined : millisecondsOf(options.timeout, '--timeout');
  for (const sandbox of sandboxes) {
    const body = { force: options.force, timeoutMs, save: options.save };
    const reply = await cli.api.json<SandboxDetailReply>('POST', sandboxPath(sandbox, '/stop'), { body });
    if (cli.json) printJson(reply);
    else print(`sandbox/${reply.name} ${reply.state === 'cold' ? 'saved' : 'stopped'}`);
  }
}
