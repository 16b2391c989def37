import type { KeyReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { age, note, print, printJson, table } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .command('create')
    .argument('<name>', 'what it is for')
    .description('make a key and print it, this once')
    .addHelpText('after', examples('bhatti key create ci', 'export BHATTI_TOKEN=$(bhatti key create ci)'))
    .action(act(create));
  command
    .command('list')
    .alias('ls')
    .description('list keys')
    .addHelpText('after', examples('bhatti key list'))
    .action(act(list));
  command
    .command('delete')
    .alias('rm')
    .argument('<key>', 'name or id')
    .description('delete a key; who uses it is shut out at once')
    .addHelpText('after', examples('bhatti key delete ci'))
    .action(act(remove));
};

async function create(cli: Cli, _: object, name: string): Promise<void> {
  const made = await cli.api.json<KeyReply & { key: string }>('POST', '/v1/keys', { body: { name } });
  if (cli.json) return printJson(made);
  print(made.key);
  note('it is not shown again: keep it where BHATTI_TOKEN is set from');
}

async function list(cli: Cli): Promise<void> {
  const reply = await cli.api.json<{ keys: KeyReply[] }>('GET', '/v1/keys');
  if (cli.json) return printJson(reply);
  const rows = reply.keys.map((key) => {
    const used = key.usedAt === undefined ? 'never' : `${age(key.usedAt, Date.now())} ago`;
    return [key.name, key.id, age(key.createdAt, Date.now()), used];
  });
  for (const line of table(['NAME', 'ID', 'AGE', 'USED'], rows)) print(line);
}

async function remove(cli: Cli, _: object, key: string): Promise<void> {
  await cli.api.json('DELETE', `/v1/keys/${encodeURIComponent(key)}`);
  if (!cli.json) print(`key/${key} deleted`);
}
