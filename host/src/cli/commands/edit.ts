import { keyValue } from '../arguments.ts';
import { sandboxPath } from '../client/api.ts';
import type { SandboxDetailReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { note, print, printJson } from '../terminal/output.ts';
import { type Define, examples, repeated } from '../verb.ts';

interface Options {
  readonly name?: string;
  readonly label?: readonly string[];
  readonly labelDelete?: readonly string[];
}

export const define: Define = (command, act) => {
  command
    .argument('<sandbox>', 'name or id')
    .option('--name <name>', 'its new name')
    .option('--label <k=v>', 'set a label; repeat', repeated)
    .option('--label-delete <k>', 'take a label away; repeat', repeated)
    .addHelpText('after', examples('bhatti edit dev --name web', 'bhatti edit dev --label team=web --label-delete old'))
    .action(act(edit));
};

async function edit(cli: Cli, options: Options, sandbox: string): Promise<void> {
  const set = (options.label ?? []).map((text) => keyValue(text, '--label'));
  const deleted = (options.labelDelete ?? []).map((key) => [key, null]);
  const body = { name: options.name, labels: Object.fromEntries([...set, ...deleted]) };
  const reply = await cli.api.json<SandboxDetailReply>('PATCH', sandboxPath(sandbox), { body });
  if (cli.json) return printJson(reply);
  print(`sandbox/${reply.name} changed`);
  if (options.name !== undefined && reply.state === 'running') {
    note('its own host name follows when it is started the next time');
  }
}
