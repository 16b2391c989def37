import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { sandboxPath, withQuery } from '../client/api.ts';
import type { ImageReply, ManifestReply } from '../client/replies.ts';
import { type Watched, watch } from '../client/watch.ts';
import type { Cli } from '../context.ts';
import { packFolder } from '../local-tar.ts';
import { confirm } from '../terminal/confirm.ts';
import { age, mebibytesText, print, printJson, seconds, table } from '../terminal/output.ts';
import { type Act, type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .command('list')
    .alias('ls')
    .description('list images that can be booted')
    .addHelpText('after', examples('bhatti image list', 'bhatti image list --json'))
    .action(act(list));
  command
    .command('inspect')
    .argument('<image>')
    .description('show all of an image, its packages too')
    .addHelpText('after', examples('bhatti image inspect minimal'))
    .action(act(inspect));
  defineChanges(command, act);
};

function defineChanges(command: Parameters<Define>[0], act: Act): void {
  command
    .command('save')
    .argument('<sandbox>', 'running or stopped')
    .requiredOption('--name <image>', 'what to call it')
    .option('--keep-identity', 'keep host keys, passwords, histories and logs of the sandbox in it')
    .description('make an image of a sandbox')
    .addHelpText('after', examples('bhatti image save dev --name my-image', 'bhatti create --image my-image'))
    .action(act(save));
  command
    .command('import')
    .argument('<file>', 'docker save, an OCI layout or the tar of a root; plain, gzip or zstd; - for standard input')
    .requiredOption('--name <image>', 'what to call it')
    .description('make an image of an archive')
    .addHelpText(
      'after',
      examples('docker save web | bhatti image import - --name web', 'bhatti image import root.tar.zst --name mine'),
    )
    .action(act(importFile));
  command
    .command('pull')
    .argument('<reference>', 'HOST/REPOSITORY:TAG')
    .option('--name <image>', 'what to call it (default: the last part of the repository)')
    .option('--username <user>', 'for a registry that is not open to all')
    .option('--password-stdin', 'read the password, or a token, from standard input')
    .description('make an image of what a registry has')
    .addHelpText(
      'after',
      examples('bhatti image pull registry.example/team/app:1.2', 'bhatti image pull localhost:5000/app --name app'),
    )
    .action(act(pull));
  command
    .command('rename')
    .argument('<image>')
    .argument('<name>')
    .description('rename an image that no sandbox is made of')
    .addHelpText('after', examples('bhatti image rename my-image web-2026-11'))
    .action(act(rename));
  command
    .command('delete')
    .alias('rm')
    .argument('<image...>')
    .option('-y, --yes', 'do not ask')
    .description('delete images that no sandbox is made of')
    .addHelpText('after', examples('bhatti image delete my-image'))
    .action(act(remove));
}

const MIB = 1024 * 1024;
const imagePath = (name: string): string => `/v1/images/${encodeURIComponent(name)}`;

async function list(cli: Cli): Promise<void> {
  const reply = await cli.api.json<{ images: ImageReply[] }>('GET', '/v1/images');
  if (cli.json) return printJson(reply);
  const rows = reply.images.map((image) => {
    const { manifest } = image;
    const used = Math.ceil((manifest?.usedBytes ?? image.allocatedBytes) / MIB);
    const kind = manifest?.recipeHash === undefined ? (manifest?.origin?.kind ?? 'custom') : 'tier';
    const built = age(manifest?.builtAt ?? image.modifiedAt, Date.now());
    const units = manifest?.units?.join(' ') || '-';
    return [image.name, kind, image.arch, mebibytesText(used), built, manifest?.base ?? '-', units];
  });
  for (const line of table(['NAME', 'KIND', 'ARCH', 'USED', 'AGE', 'BASE', 'UNITS'], rows)) print(line);
}

async function inspect(cli: Cli, _: object, name: string): Promise<void> {
  printJson(await cli.api.json<ImageReply>('GET', imagePath(name)));
}

async function save(cli: Cli, options: { name: string; keepIdentity?: boolean }, sandbox: string): Promise<void> {
  const body = { name: options.name, keepIdentity: options.keepIdentity };
  shown(cli, 'saved', await watch<ManifestReply>(cli.api, 'POST', sandboxPath(sandbox, '/image'), { body }));
}

interface PullOptions {
  readonly name?: string;
  readonly username?: string;
  readonly passwordStdin?: boolean;
}

async function pull(cli: Cli, options: PullOptions, reference: string): Promise<void> {
  const { name, username } = options;
  const password = options.passwordStdin ? (await text(process.stdin)).trim() : undefined;
  const body = { reference, name, username, password };
  shown(cli, 'pulled', await watch<ManifestReply>(cli.api, 'POST', '/v1/images', { body }));
}

/** A folder is an OCI layout, or a root. */
function contentOf(file: string): AsyncIterable<Uint8Array> {
  if (file === '-') return process.stdin;
  try {
    return statSync(file).isDirectory() ? packFolder(file) : createReadStream(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BhattiError('file.not-found', `cannot import ${file}: ${why}`, { remedy: 'name a file, or -', cause });
  }
}

async function importFile(cli: Cli, options: { name: string }, file: string): Promise<void> {
  const from = file === '-' ? 'standard input' : basename(file);
  const path = withQuery(imagePath(options.name), { from });
  shown(cli, 'imported', await watch<ManifestReply>(cli.api, 'PUT', path, { content: contentOf(file) }));
}

function shown(cli: Cli, how: string, { result, ms }: Watched<ManifestReply>): void {
  const used = mebibytesText(Math.ceil((result.usedBytes ?? 0) / MIB));
  if (cli.json) printJson(result);
  else print(`image/${result.tier} ${how} (${used}) in ${seconds(ms)}`);
}

async function rename(cli: Cli, _: object, image: string, name: string): Promise<void> {
  const renamed = await cli.api.json<ImageReply>('PATCH', imagePath(image), { body: { name } });
  if (cli.json) return printJson(renamed);
  print(`image/${image} is image/${renamed.name} now`);
}

async function remove(cli: Cli, options: { yes?: boolean }, names: readonly string[]): Promise<void> {
  await confirm({ verb: 'delete', kind: 'images', names, yes: options.yes === true });
  for (const name of names) {
    const gone = await cli.api.json<ImageReply>('DELETE', imagePath(name));
    if (cli.json) printJson(gone);
    else print(`image/${gone.name} deleted`);
  }
}
