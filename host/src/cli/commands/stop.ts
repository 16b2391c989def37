import { millisecondsOf } from '../arguments.ts';
import { sandboxPath } from '../client/api.ts';
import type { SandboxDetailReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { print, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

interface Options {
  readonly force?: boolean;
  readonly timeout?: string;
  readonly poweroff?: boolean;
}

export const define: Define = (command, act) => {
  command
    .argument('<sandbox...>', 'names or ids')
    .option('--poweroff', 'let it end its services and keep its disk alone, as a machine that is switched off')
    .option('-t, --timeout <duration>', 'with --poweroff: what it gets before it is killed (default: 30 s)')
    .option('-f, --force', 'kill it and keep its disk alone, as after a loss of power')
    .addHelpText(
      'after',
      examples(
        'bhatti stop dev',
        'bhatti stop dev --poweroff',
        'bhatti stop web db --poweroff --timeout 5s',
        'bhatti stop dev --force',
      ),
    )
    .action(act(stop));
};

async function stop(cli: Cli, options: Options, sandboxes: readonly string[]): Promise<void> {
  const timeoutMs = options.timeout === undefined ? undefined : millisecondsOf(options.timeout, '--timeout');
  for (const sandbox of sandboxes) {
    const body = { force: options.force, timeoutMs, poweroff: options.poweroff };
    const reply = await cli.api.json<SandboxDetailReply>('POST', sandboxPath(sandbox, '/stop'), { body });
    if (cli.json) printJson(reply);
    else print(`sandbox/${reply.name} ${reply.state === 'cold' ? 'saved' : 'stopped'}`);
  }
}
