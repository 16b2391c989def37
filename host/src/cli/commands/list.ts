import { keyValue } from '../arguments.ts';
import { withQuery } from '../client/api.ts';
import type { SandboxReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { age, mebibytesText, print, printJson, table } from '../terminal/output.ts';
import { type Define, examples, repeated } from '../verb.ts';

interface Options {
  readonly label?: readonly string[];
  readonly quiet?: boolean;
  readonly output?: string;
}

export const define: Define = (command, act) => {
  command
    .option('--label <k=v>', 'only those that bear it; repeat, all must hold', repeated)
    .option('-q, --quiet', 'print names only')
    .option('-o, --output <format>', 'wide: more columns')
    .addHelpText('after', examples('bhatti list', 'bhatti list --label team=web -o wide', 'bhatti list --json'))
    .action(act(list));
};

/** 'stopped (guest powered off)': a reason only where somebody may wonder. */
function stateText({ state, reason }: SandboxReply): string {
  return reason === undefined || reason === 'stopped by request' ? state : `${state} (${reason})`;
}

export function listTable(sandboxes: readonly SandboxReply[], wide: boolean, nowMs: number): string[] {
  const head = ['NAME', 'STATE', 'IMAGE', 'CPUS', 'MEMORY', 'AGE', ...(wide ? ['DISK', 'ID', 'LABELS'] : [])];
  const rows = sandboxes.map((sandbox) => {
    const labels = Object.entries(sandbox.labels).map(([key, value]) => `${key}=${value}`);
    const more = [mebibytesText(sandbox.diskMib), sandbox.id, labels.join(',')];
    return [
      sandbox.name,
      stateText(sandbox),
      sandbox.image,
      String(sandbox.cpus),
      mebibytesText(sandbox.memoryMib),
      age(sandbox.createdAt, nowMs),
      ...(wide ? more : []),
    ];
  });
  return table(head, rows);
}

async function list(cli: Cli, options: Options): Promise<void> {
  const label = options.label?.map((text) => keyValue(text, '--label').join('='));
  const reply = await cli.api.json<{ sandboxes: SandboxReply[] }>('GET', withQuery('/v1/sandboxes', { label }));
  if (cli.json) return printJson(reply);
  if (options.quiet) {
    for (const { name } of reply.sandboxes) print(name);
    return;
  }
  for (const line of listTable(reply.sandboxes, options.output === 'wide', Date.now())) print(line);
}
