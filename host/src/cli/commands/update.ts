import { BhattiError } from '@bhatti/wire/errors.ts';
import type { UpdatedTierReply } from '../client/replies.ts';
import { watch } from '../client/watch.ts';
import type { Cli } from '../context.ts';
import { mebibytesText, print, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

interface Options {
  readonly tiers?: string;
}

export const define: Define = (command, act) => {
  command
    .option('--tiers <names>', 'all, or names with commas (default: those that are installed)')
    .addHelpText(
      'after',
      examples('bhatti update', 'bhatti update --tiers all', 'bhatti update --tiers docker,browser') +
        '\nFrom the release source of config.yaml; where none is set, they are built here.\n' +
        'Sandboxes keep the image that they were made of.\n',
    )
    .action(act(update));
};

/** @throws BhattiError request.invalid */
function namesOf(text: string): 'all' | string[] {
  if (text === 'all') return 'all';
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '' && name !== 'all')) return [...new Set(names)];
  throw new BhattiError('request.invalid', `cannot read --tiers ${text}: it is neither all nor a list of names`, {
    remedy: 'bhatti update --tiers docker,browser',
  });
}

const MIB = 1024 * 1024;
const SAID: Readonly<Record<UpdatedTierReply['how'], string>> = {
  installed: 'installed',
  built: 'built',
  current: 'is up to date',
  'not-offered': 'stays as it is: the source does not have it',
};

async function update(cli: Cli, options: Options): Promise<void> {
  const body = { tiers: options.tiers === undefined ? undefined : namesOf(options.tiers) };
  const { result } = await watch<{ tiers: readonly UpdatedTierReply[] }>(cli.api, 'POST', '/v1/tiers/update', { body });
  if (cli.json) return printJson(result);
  for (const { name, how, usedBytes } of result.tiers) {
    const size = usedBytes === undefined ? '' : ` (${mebibytesText(Math.ceil(usedBytes / MIB))})`;
    print(`tier/${name} ${SAID[how]}${size}`);
  }
  if (result.tiers.length === 0) print('no tier is installed; bhatti update --tiers all installs all of them');
}
