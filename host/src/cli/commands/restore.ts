import type { Cli } from '../context.ts';
import { note, print, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

interface Options {
  readonly drop?: boolean;
}

export const define: Define = (command, act) => {
  command
    .argument('<file>', 'what bhatti backup wrote')
    .option('--drop', 'let sandboxes go that were made since the backup')
    .addHelpText(
      'after',
      `${examples('bhatti restore bhatti-today.db')}\nThe daemon must not run: end its service, or the process in daemon.pid. Sandboxes run on.\n`,
    )
    .action(act(restore));
};

async function restore({ around, options, json }: Cli, { drop }: Options, file: string): Promise<void> {
  const restored = await around.restore(around.dataDirectory(options.dataDir), file, drop === true);
  if (json) return printJson(restored);
  print(`restored ${restored.sandboxes} sandboxes; the store of before: ${restored.before}`);
  if (restored.lost.length > 0) note(`their disks are not here any more: ${restored.lost.join(', ')}`);
}
