import type { FindingReply } from '../client/replies.ts';
import { watch } from '../client/watch.ts';
import type { Cli } from '../context.ts';
import { print, printJson, style } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .addHelpText(
      'after',
      `${examples('bhatti doctor', 'bhatti doctor --json')}\nExit code 1 when sandboxes cannot run here.\n`,
    )
    .action(act(doctor));
};

const MARKS = { ok: ['ok', 'green'], warning: ['warning', 'yellow'], failure: ['FAILURE', 'red'] } as const;

async function doctor(cli: Cli): Promise<number> {
  const { result } = await watch<{ findings: FindingReply[] }>(cli.api, 'GET', '/v1/doctor');
  if (cli.json) printJson(result);
  else for (const finding of result.findings) printFinding(finding);
  return result.findings.some(({ level }) => level === 'failure') ? 1 : 0;
}

export function printFinding({ subject, level, found, remedy }: FindingReply): void {
  const [mark, colour] = MARKS[level];
  print(`${style(colour, mark.padEnd(8))}${subject}: ${found}`);
  if (remedy !== undefined) print(`${' '.repeat(8)}Try: ${remedy}`);
}
