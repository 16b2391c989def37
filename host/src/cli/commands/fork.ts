import { wholeNumber } from '../arguments.ts';
import { sandboxPath } from '../client/api.ts';
import type { ForkReply } from '../client/replies.ts';
import { watch } from '../client/watch.ts';
import type { Cli } from '../context.ts';
import { isSnapshot, snapshotPath } from '../snapshot-reference.ts';
import { print, printJson, seconds } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

interface Options {
  readonly name?: string;
  readonly count?: string;
  readonly quiet?: boolean;
}

export const define: Define = (command, act) => {
  command
    .argument('<sandbox>', 'name or id; it goes on. Or a snapshot: SANDBOX/NAME')
    .argument('[name]', "the copy's name (default: the sandbox's with a number)")
    .option('--name <name>', 'the same; with --count what all names begin with')
    .option('-n, --count <n>', 'how many copies (default: 1)')
    .option('-q, --quiet', 'print ids only')
    .addHelpText(
      'after',
      examples(
        'bhatti fork dev',
        'bhatti fork dev try',
        'bhatti fork dev --count 10 --name worker',
        'bhatti fork dev/snapshot-1',
      ),
    )
    .action(act(fork));
};

async function fork(cli: Cli, options: Options, sandbox: string, positional: string | undefined): Promise<void> {
  const name = positional ?? options.name;
  const count = options.count === undefined ? undefined : wholeNumber(options.count, '--count');
  const path = isSnapshot(sandbox) ? snapshotPath(sandbox, '/fork') : sandboxPath(sandbox, '/fork');
  const { result, ms } = await watch<ForkReply>(cli.api, 'POST', path, {
    body: { name, count },
  });
  if (cli.json) return printJson(result);
  for (const fork of result.sandboxes)
    print(options.quiet ? fork.id : `sandbox/${fork.name} forked from ${sandbox} (in ${seconds(ms)})`);
}
