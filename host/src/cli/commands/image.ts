import type { ImageReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { age, mebibytesText, print, printJson, table } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .command('list')
    .alias('ls')
    .description('list images that can be booted')
    .addHelpText('after', examples('bhatti image list', 'bhatti image list --json'))
    .action(act(list));
};

const MIB = 1024 * 1024;

async function list(cli: Cli): Promise<void> {
  const reply = await cli.api.json<{ images: ImageReply[] }>('GET', '/v1/images');
  if (cli.json) return printJson(reply);
  const rows = reply.images.map((image) => {
    const used = Math.ceil((image.manifest?.usedBytes ?? image.allocatedBytes) / MIB);
    const built = image.manifest?.builtAt ?? image.modifiedAt;
    const kernel = image.manifest?.kernel?.version ?? '-';
    return [image.name, image.arch, mebibytesText(used), mebibytesText(image.sizeMib), age(built, Date.now()), kernel];
  });
  for (const line of table(['NAME', 'ARCH', 'USED', 'DISK', 'AGE', 'KERNEL'], rows)) print(line);
}
