import { sandboxPath } from '../client/api.ts';
import type { SandboxDetailReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { print, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

/** A verb that asks one thing of each sandbox that is named, and takes no options. @param done what is said of each afterwards */
export function eachSandbox(verb: string, done: string): Define {
  const ask = async (cli: Cli, _: object, sandboxes: readonly string[]): Promise<void> => {
    for (const sandbox of sandboxes) {
      const reply = await cli.api.json<SandboxDetailReply>('POST', sandboxPath(sandbox, `/${verb}`));
      if (cli.json) printJson(reply);
      else print(`sandbox/${reply.name} ${done}`);
    }
  };
  return (command, act) => {
    command
      .argument('<sandbox...>', 'names or ids')
      .addHelpText('after', examples(`bhatti ${verb} dev`, `bhatti ${verb} web db`))
      .action(act(ask));
  };
}
