import { wholeNumber } from '../arguments.ts';
import { sandboxPath, withQuery } from '../client/api.ts';
import type { Cli } from '../context.ts';
import { ownOutputs } from '../terminal/own-streams.ts';
import { type Define, examples } from '../verb.ts';

interface Options {
  readonly follow?: boolean;
  readonly lines?: string;
}

export const define: Define = (command, act) => {
  command
    .argument('<sandbox>', 'name, id, or the beginning of an id')
    .option('-f, --follow', 'go on with what is written')
    .option('-n, --lines <n>', 'only so many of the last lines')
    .addHelpText(
      'after',
      examples('bhatti logs dev', 'bhatti logs dev -n 20 -f', 'bhatti exec dev -- journalctl -u nginx'),
    )
    .action(act(logs));
};

async function logs(cli: Cli, options: Options, sandbox: string): Promise<void> {
  const lines = options.lines === undefined ? undefined : wholeNumber(options.lines, '--lines');
  const path = withQuery(sandboxPath(sandbox, '/console'), { lines, follow: options.follow });
  const { stdout } = ownOutputs();
  for await (const bytes of (await cli.api.bytes('GET', path)).body) await stdout(bytes);
}
