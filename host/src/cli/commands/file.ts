import { place, wholeNumber } from '../arguments.ts';
import { sandboxPath, withQuery } from '../client/api.ts';
import { readGuest, writeGuest } from '../client/files.ts';
import type { FileReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { copy } from '../copy.ts';
import { harmless, note, print, printJson, table } from '../terminal/output.ts';
import { ownOutputs } from '../terminal/own-streams.ts';
import { type Define, examples } from '../verb.ts';

interface ReadOptions {
  readonly offset?: string;
  readonly limit?: string;
}
interface OwnerOptions {
  readonly mode?: string;
  readonly user?: string;
}

const SANDBOX = 'name, id, or the beginning of an id';

export const define: Define = (command, act) => {
  command
    .command('read')
    .alias('cat')
    .argument('<sandbox>', SANDBOX)
    .argument('<path>', 'absolute path in it')
    .description('print a file')
    .option('--offset <bytes>', 'begin there')
    .option('--limit <bytes>', 'so many bytes at most')
    .addHelpText(
      'after',
      examples('bhatti file read dev /etc/os-release', 'bhatti file read dev /var/log/x --offset 4096'),
    )
    .action(act(read));
  command
    .command('write')
    .argument('<sandbox>', SANDBOX)
    .argument('<path>', 'absolute path in it')
    .description('write standard input to a file, whole or not at all')
    .option('--mode <mode>', 'permission bits, as chmod takes them (default: 0644, or as they are)')
    .option('--user <user>', 'owner, name or uid (default: lohar)')
    .addHelpText('after', examples('echo hello | bhatti file write dev /workspace/hello.txt --mode 0600'))
    .action(act(write));
  command
    .command('ls')
    .argument('<sandbox>', SANDBOX)
    .argument('[path]', 'absolute path in it', '/workspace')
    .description('list a directory')
    .addHelpText('after', examples('bhatti file ls dev', 'bhatti file ls dev /etc --json'))
    .action(act(list));
  command
    .command('cp')
    .argument('<from>', 'PATH or SANDBOX:PATH; - is a tar stream')
    .argument('<to>', 'PATH or SANDBOX:PATH; - is a tar stream')
    .description('copy files and directories, with the rules of docker cp')
    .option('--mode <mode>', 'permission bits of a file (default: as they are)')
    .option('--user <user>', 'owner in the sandbox, name or uid (default: lohar)')
    .addHelpText(
      'after',
      examples(
        'bhatti file cp ./app dev:/workspace',
        'bhatti file cp dev:/var/log/nginx ./logs',
        'tar c . | bhatti file cp - dev:/workspace',
      ),
    )
    .action(act(cp));
};

async function read(cli: Cli, options: ReadOptions, sandbox: string, path: string): Promise<void> {
  const offset = options.offset === undefined ? undefined : wholeNumber(options.offset, '--offset');
  const limit = options.limit === undefined ? undefined : wholeNumber(options.limit, '--limit');
  const { stdout } = ownOutputs();
  for await (const bytes of await readGuest(cli.api, { sandbox, path }, { offset, limit })) await stdout(bytes);
}

async function write(cli: Cli, options: OwnerOptions, sandbox: string, path: string): Promise<void> {
  if (process.stdin.isTTY) note('type its content; Ctrl+D ends it');
  await writeGuest(cli.api, { sandbox, path }, process.stdin, { mode: options.mode, user: options.user });
}

const TYPES = { file: '-', directory: 'd', symlink: 'l', other: '?' } as const;

/** 'drwxr-xr-x', as ls(1) writes it: s and t stand for set-id and sticky bits, capital where x is missing. */
export function modeText(type: FileReply['type'], mode: number): string {
  const triple = (bits: number, special: boolean, letter: string): string => {
    const execute = bits & 1 ? (special ? letter : 'x') : special ? letter.toUpperCase() : '-';
    return (bits & 4 ? 'r' : '-') + (bits & 2 ? 'w' : '-') + execute;
  };
  const user = triple((mode >> 6) & 7, (mode & 0o4000) !== 0, 's');
  const group = triple((mode >> 3) & 7, (mode & 0o2000) !== 0, 's');
  return TYPES[type] + user + group + triple(mode & 7, (mode & 0o1000) !== 0, 't');
}

export function listing(entries: readonly FileReply[]): string[] {
  const rows = entries.map(({ path, type, mode, uid, gid, size, mtimeMs, target }) => [
    modeText(type, mode),
    `${uid}:${gid}`,
    String(size),
    new Date(mtimeMs).toISOString().slice(0, 16).replace('T', ' '),
    harmless(path) + (target === undefined ? '' : ` -> ${harmless(target)}`),
  ]);
  return table(['MODE', 'OWNER', 'SIZE', 'MODIFIED', 'NAME'], rows);
}

async function list(cli: Cli, _: object, sandbox: string, path: string): Promise<void> {
  const reply = await cli.api.json<{ entries: FileReply[]; truncated: boolean }>(
    'GET',
    withQuery(sandboxPath(sandbox, '/directories'), { path }),
  );
  if (cli.json) return printJson(reply);
  for (const line of listing(reply.entries)) print(line);
  if (reply.truncated) note(`there is more in ${path}: only ${reply.entries.length} entries are shown`);
}

async function cp(cli: Cli, options: OwnerOptions, from: string, to: string): Promise<void> {
  const also = { mode: options.mode, user: options.user, outputs: ownOutputs() };
  await copy(cli.api, place(from), place(to), also);
}
