import { sandboxPath, withQuery } from '../client/api.ts';
import type { Changed, DiffReply, SandboxDetailReply, SnapshotReply } from '../client/replies.ts';
import { watch } from '../client/watch.ts';
import type { Cli } from '../context.ts';
import { snapshotPath, snapshotReference } from '../snapshot-reference.ts';
import { confirm } from '../terminal/confirm.ts';
import { age, harmless, mebibytesText, note, print, printJson, seconds, table } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .command('create')
    .argument('<sandbox>', 'name or id; it goes on')
    .option('--name <name>', 'what to call it (default: snapshot-1, snapshot-2 ...)')
    .description('keep memory and disk of a sandbox as they are now')
    .addHelpText('after', examples('bhatti snapshot create dev', 'bhatti snapshot create dev --name before-upgrade'))
    .action(act(create));
  command
    .command('list')
    .alias('ls')
    .argument('[sandbox]', 'only those of this one')
    .option('-q, --quiet', 'print SANDBOX/NAME only')
    .description('list snapshots')
    .addHelpText('after', examples('bhatti snapshot list', 'bhatti snapshot list dev --json'))
    .action(act(list));
  command
    .command('restore')
    .argument('<snapshot>', 'SANDBOX/NAME, or SANDBOX for its latest')
    .option('--name <name>', 'of the snapshot, when the argument is a sandbox')
    .option('-y, --yes', 'do not ask')
    .description('set a sandbox back to a snapshot of it; what it is now is given up (bhatti fork makes a new one)')
    .addHelpText('after', examples('bhatti snapshot restore dev', 'bhatti snapshot restore dev/before-upgrade --yes'))
    .action(act(restore));
  command
    .command('delete')
    .alias('rm')
    .argument('<snapshot...>', 'SANDBOX/NAME')
    .option('--name <name>', 'of the snapshot, when the argument is a sandbox')
    .option('-y, --yes', 'do not ask')
    .description('delete snapshots; what was made of them stays')
    .addHelpText('after', examples('bhatti snapshot delete dev/snapshot-1', 'bhatti snapshot delete dev --name before'))
    .action(act(remove));
  command
    .command('diff')
    .argument('<before>', 'SANDBOX/NAME, or SANDBOX for its latest')
    .argument('<after>', 'the same')
    .description(
      'what is other in the second: files, packages, processes, listening ports (A added, C changed, D deleted)',
    )
    .addHelpText(
      'after',
      examples('bhatti snapshot diff dev/before-upgrade dev', 'bhatti snapshot diff dev/a dev/b --json'),
    )
    .action(act(diff));
};

const MIB = 1024 * 1024;

interface Options {
  readonly name?: string;
  readonly quiet?: boolean;
  readonly yes?: boolean;
}

async function create(cli: Cli, { name }: Options, sandbox: string): Promise<void> {
  const path = sandboxPath(sandbox, '/snapshots');
  const { result, ms } = await watch<SnapshotReply>(cli.api, 'POST', path, { body: { name } });
  if (cli.json) return printJson(result);
  const stood = `${result.sandbox} stood still for ${Math.round(result.pausedMs)} ms`;
  print(`snapshot/${result.sandbox}/${result.name} created (in ${seconds(ms)}; ${stood})`);
}

async function list(cli: Cli, { quiet }: Options, sandbox: string | undefined): Promise<void> {
  const reply = await cli.api.json<{ snapshots: SnapshotReply[] }>('GET', withQuery('/v1/snapshots', { sandbox }));
  if (cli.json) return printJson(reply);
  if (quiet) return reply.snapshots.forEach((one) => void print(`${one.sandbox}/${one.name}`));
  const rows = reply.snapshots.map((one) => [
    `${one.sandbox}/${one.name}`,
    one.image,
    mebibytesText(one.memoryMib),
    mebibytesText(Math.ceil(one.diskBytes / MIB)),
    age(one.createdAt, Date.now()),
  ]);
  for (const line of table(['SNAPSHOT', 'IMAGE', 'MEMORY', 'ON DISK', 'AGE'], rows)) print(line);
}

async function restore(cli: Cli, options: Options, snapshot: string): Promise<void> {
  const reference = snapshotReference(snapshot, options.name);
  await confirm({ verb: 'go back to', kind: 'snapshots', names: [reference], yes: options.yes === true });
  const { result, ms } = await watch<SandboxDetailReply>(cli.api, 'POST', snapshotPath(reference, '/restore'));
  if (cli.json) return printJson(result);
  print(`sandbox/${result.name} restored (in ${seconds(ms)})`);
}

async function remove(cli: Cli, options: Options, snapshots: readonly string[]): Promise<void> {
  const references = snapshots.map((snapshot) => snapshotReference(snapshot, options.name, true));
  await confirm({ verb: 'delete', kind: 'snapshots', names: references, yes: options.yes === true });
  for (const reference of references) {
    const gone = await cli.api.json<SnapshotReply>('DELETE', snapshotPath(reference));
    if (cli.json) printJson(gone);
    else print(`snapshot/${gone.sandbox}/${gone.name} deleted`);
  }
}

/** As docker diff marks files. */
const LETTERS = { added: 'A', changed: 'C', deleted: 'D' } as const;

async function diff(cli: Cli, _options: Options, before: string, after: string): Promise<void> {
  const path = snapshotPath(before, '/diff');
  const { result } = await watch<DiffReply>(cli.api, 'POST', path, { body: { to: after } });
  if (cli.json) return printJson(result);
  const say = ({ how }: Changed, kind: string, what: string): void =>
    print(`${LETTERS[how]} ${kind.padEnd(7)}  ${harmless(what)}`);
  for (const one of result.files) say(one, 'file', one.type === 'directory' ? `${one.path}/` : one.path);
  for (const one of result.packages) say(one, 'package', [one.name, one.before, one.after].filter(Boolean).join(' '));
  for (const one of result.processes) say(one, 'process', `${one.pid} ${one.command}`);
  for (const one of result.ports) {
    const address = one.address.includes(':') ? `[${one.address}]` : one.address;
    say(one, 'port', `${one.protocol} ${address}:${one.port}`);
  }
  if (Object.values(result).every((list) => list.length === 0)) note(`${before} and ${after} do not differ`);
}
