import type { PrunableReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { print, printJson, table } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

interface Options {
  readonly dryRun?: boolean;
}

export const define: Define = (command, act) => {
  command
    .option('--dry-run', 'only say what would go, and what that would free')
    .addHelpText(
      'after',
      `${examples('bhatti prune', 'bhatti prune --dry-run')}\nPrepared clones and templates go, and the network when nothing runs; the next create makes them again.\n`,
    )
    .action(act(prune));
};

/** To the byte: somebody may add them up. */
export function pruneTable(items: readonly PrunableReply[]): string[] {
  const row = (what: string, disk: number, memory: number, folder: string) => [
    what,
    String(disk),
    String(memory),
    folder,
  ];
  const sum = (of: 'diskBytes' | 'memoryBytes'): number => items.reduce((all, item) => all + item[of], 0);
  return table(
    ['WHAT', 'DISK', 'MEMORY', 'FOLDER'],
    [
      ...items.map((item) => row(item.what, item.diskBytes, item.memoryBytes, item.folder)),
      row('all', sum('diskBytes'), sum('memoryBytes'), ''),
    ],
  );
}

async function prune(cli: Cli, { dryRun }: Options): Promise<void> {
  if (dryRun) {
    const reply = await cli.api.json<{ items: PrunableReply[] }>('GET', '/v1/prune');
    if (cli.json) return printJson(reply);
    for (const line of pruneTable(reply.items)) print(line);
    return;
  }
  await cli.api.json('POST', '/v1/prune');
  if (!cli.json) print('pruned');
}
