import { open, rename, rm } from 'node:fs/promises';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Cli } from '../context.ts';
import { print, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .argument('<file>', 'where the copy is written')
    .addHelpText(
      'after',
      `${examples('bhatti backup bhatti-today.db')}\nWhat the daemon knows of sandboxes and keys, as it is at one instant; disks are not in it.\n`,
    )
    .action(act(backup));
};

async function backup(cli: Cli, _: object, file: string): Promise<void> {
  const { body } = await cli.api.bytes('GET', '/v1/backup');
  const part = `${file}.part`;
  let bytes = 0;
  try {
    await using out = await open(part, 'w', 0o600);
    for await (const piece of body) {
      await out.write(piece);
      bytes += piece.length;
    }
    await out.sync();
  } catch (cause) {
    await rm(part, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BhattiError('file.failed', `cannot write the backup ${file}: ${why}`, {
      remedy: 'choose another place',
      cause,
    });
  }
  await rename(part, file);
  if (cli.json) printJson({ file, bytes });
  else print(`${file}: ${bytes} bytes`);
}
