import { readFileSync, statSync } from 'node:fs';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { keyValue, mebibytesOf, wholeNumber } from '../arguments.ts';
import { sandboxPath } from '../client/api.ts';
import type { ImageReply, SandboxDetailReply } from '../client/replies.ts';
import { watch } from '../client/watch.ts';
import type { Cli } from '../context.ts';
import { cpusText, harmless, mebibytesText, note, print, printJson, seconds } from '../terminal/output.ts';
import { type ThermalOptions, thermalBody } from '../thermal-options.ts';
import { type Define, examples, repeated } from '../verb.ts';

/** What a request's body holds; larger files go with "file cp". */
const FILES_SIZE_MAX = 32 * 1024 * 1024;

interface Options extends ThermalOptions {
  readonly name?: string;
  readonly image?: string;
  readonly cpus?: string;
  readonly memory?: string;
  readonly diskSize?: string;
  readonly env?: readonly string[];
  readonly file?: readonly string[];
  readonly label?: readonly string[];
  readonly init?: string;
  readonly cold?: boolean;
  readonly quiet?: boolean;
}

export const define: Define = (command, act) => {
  command
    .argument('[name]', 'a DNS label; made up when absent')
    .option('--name <name>', 'the same')
    .option('--image <image>', 'what it boots (default: minimal)')
    .option('--cpus <n>', 'virtual CPUs')
    .option('--memory <size>', 'MiB, or with a unit: 2G')
    .option('--disk-size <size>', 'MiB, or with a unit: 8G')
    .option('--env <K=V>', 'variable of every command in it; repeat. K alone takes the value from here', repeated)
    .option('--file <local:guest>', 'file to lay into it; repeat', repeated)
    .option('--label <k=v>', 'label to find it by; repeat', repeated)
    .option('--init <script>', 'shell script that runs as the session "init" after each boot')
    .option('--cold', 'boot from power-on although a template could be forked')
    .option('--keep-hot', 'never set it aside, however idle it is')
    .option('--idle-warm <time>', 'stop its processors when it was idle for so long: 30s, 5m, never')
    .option('--idle-cold <time>', 'save it to disk when it was warm for so long: 30m, never')
    .option('--wake-for-timers', 'wake it when a timer unit in it comes due')
    .option('-q, --quiet', 'print its id only')
    .addHelpText(
      'after',
      examples(
        'bhatti create dev',
        'bhatti create build --image docker --cpus 2 --memory 4G --disk-size 20G',
        'bhatti create web --env PORT=8080 --file ./app.py:/workspace/app.py --init "python3 /workspace/app.py"',
      ),
    )
    .action(act(create));
};

function files(options: readonly string[]): { path: string; content: string; mode: number }[] {
  let size = 0;
  return options.map((text) => {
    const at = text.lastIndexOf(':');
    const [local, path] = [text.slice(0, at), text.slice(at + 1)];
    if (at <= 0 || path === '') {
      throw new BhattiError('request.invalid', 'cannot read --file: it is not of the form LOCAL:GUEST', {
        remedy: 'write --file ./notes.txt:/workspace/notes.txt',
      });
    }
    try {
      const { mode, size: bytes } = statSync(local);
      size += bytes;
      if (size > FILES_SIZE_MAX) throw new Error(`more than ${FILES_SIZE_MAX >> 20} MiB in all`);
      return { path, content: readFileSync(local).toString('base64'), mode: mode & 0o777 };
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new BhattiError('request.invalid', `cannot take the file ${local} along: ${why}`, {
        remedy: `create the sandbox without it, then: bhatti file cp ${local} SANDBOX:${path}`,
        cause,
      });
    }
  });
}

/** @throws BhattiError request.invalid */
export function createBody(positional: string | undefined, options: Options, env: NodeJS.ProcessEnv): object {
  if (positional !== undefined && options.name !== undefined && positional !== options.name) {
    throw new BhattiError('request.invalid', 'cannot create one sandbox with two names', { remedy: 'give it once' });
  }
  const pairs = (texts: readonly string[] | undefined, flag: string, from?: NodeJS.ProcessEnv) =>
    texts === undefined ? undefined : Object.fromEntries(texts.map((text) => keyValue(text, flag, from)));
  return {
    name: positional ?? options.name,
    image: options.image,
    cpus: options.cpus === undefined ? undefined : wholeNumber(options.cpus, '--cpus'),
    memoryMib: options.memory === undefined ? undefined : mebibytesOf(options.memory, '--memory'),
    diskMib: options.diskSize === undefined ? undefined : mebibytesOf(options.diskSize, '--disk-size'),
    env: pairs(options.env, '--env', env),
    labels: pairs(options.label, '--label'),
    init: options.init,
    files: options.file === undefined ? undefined : files(options.file),
    thermal: thermalBody(options),
    cold: options.cold,
  };
}

/** True when there is no sandbox of this id. */
export async function isGone(cli: Cli, id: string): Promise<boolean> {
  try {
    await cli.api.json('GET', sandboxPath(id));
    return false;
  } catch (error) {
    return error instanceof BhattiError && error.code === 'sandbox.not-found';
  }
}

/** @returns what to say of a sandbox that got less than its tier wants; null when it got enough */
export function tooSmall(made: SandboxDetailReply, { manifest }: ImageReply): string | null {
  const least = manifest?.minimum;
  if (least === undefined || (made.cpus >= least.cpus && made.memoryMib >= least.memoryMib)) return null;
  return `warning: ${made.image} wants at least ${cpusText(least.cpus)} and ${mebibytesText(least.memoryMib)} of memory`;
}

/** What went less well than asked for, in words for a person. */
async function remarks(cli: Cli, made: SandboxDetailReply, options: Options): Promise<string[]> {
  const failed = made.report?.steps.filter(({ ok }) => !ok) ?? [];
  const said = failed.map(
    ({ name, error }) => `warning: ${name}: ${harmless(error ?? '')}; bhatti doctor may say more`,
  );
  if (options.cpus === undefined && options.memory === undefined) return said; // a tier's own sizes are enough for it
  const image = await cli.api.json<ImageReply>('GET', `/v1/images/${encodeURIComponent(made.image)}`);
  return [...said, tooSmall(made, image)].filter((line) => line !== null);
}

async function create(cli: Cli, options: Options, positional: string | undefined): Promise<void> {
  const body = createBody(positional, options, process.env);
  const { result, ms } = await watch<SandboxDetailReply>(cli.api, 'POST', '/v1/sandboxes', {
    body,
    undone: (id) => isGone(cli, id),
  });
  if (cli.json) return printJson(result);
  if (options.quiet) return print(result.id);
  const shape = `${cpusText(result.cpus)}, ${mebibytesText(result.memoryMib)}`;
  const how = result.report?.from === 'cold' ? 'booted' : 'forked';
  print(`sandbox/${result.name} created (${result.image}, ${shape}; ${how} in ${seconds(ms)})`);
  for (const line of await remarks(cli, result, options)) note(line);
  if (process.stdout.isTTY) note(`bhatti shell ${result.name} opens a terminal in it`);
}
