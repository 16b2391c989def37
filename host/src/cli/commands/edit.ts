import { keyValue } from '../arguments.ts';
import { sandboxPath } from '../client/api.ts';
import type { SandboxDetailReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { note, print, printJson } from '../terminal/output.ts';
import { type ThermalOptions, thermalBody } from '../thermal-options.ts';
import { type Define, examples, repeated } from '../verb.ts';

interface Options extends ThermalOptions {
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
    .option('--keep-hot', 'never set it aside, however idle it is')
    .option('--no-keep-hot', 'set it aside when it is idle')
    .option('--idle-warm <time>', 'stop its processors when it was idle for so long: 30s, 5m, never, default')
    .option('--idle-cold <time>', 'save it to disk when it was warm for so long: 30m, never, default')
    .option('--wake-for-timers', 'wake it when a timer unit in it comes due')
    .option('--no-wake-for-timers', 'let its timers wait until something else wakes it')
    .addHelpText('after', examples('bhatti edit dev --name web', 'bhatti edit dev --label team=web --label-delete old'))
    .action(act(edit));
};

async function edit(cli: Cli, options: Options, sandbox: string): Promise<void> {
  const set = (options.label ?? []).map((text) => keyValue(text, '--label'));
  const deleted = (options.labelDelete ?? []).map((key) => [key, null]);
  const body = { name: options.name, labels: Object.fromEntries([...set, ...deleted]), thermal: thermalBody(options) };
  const reply = await cli.api.json<SandboxDetailReply>('PATCH', sandboxPath(sandbox), { body });
  if (cli.json) return printJson(reply);
  print(`sandbox/${reply.name} changed`);
  if (options.name !== undefined && reply.state === 'running') {
    note('its own host name follows when it is started the next time');
  }
}
