import { sandboxPath } from '../client/api.ts';
import type { SandboxDetailReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { harmless, mebibytesText, print, printJson, seconds } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .argument('<sandbox>', 'name, id, or the beginning of an id')
    .addHelpText('after', examples('bhatti inspect dev', 'bhatti inspect dev --json'))
    .action(act(inspect));
};

function reportLines(report: NonNullable<SandboxDetailReply['report']>): string[] {
  const { total = 0, ...timings } = report.timings;
  const stages = Object.entries(timings).map(([stage, ms]) => `${stage} ${Math.round(ms)}`);
  const steps = report.steps.map((step) => {
    const how = step.ok ? `${Math.round(step.ms)} ms` : `FAILED: ${harmless(step.error ?? '')}`;
    return `  ${harmless(step.name)}: ${how}`;
  });
  return [
    `Came up:   ${report.from === 'template' ? 'forked from a template' : 'booted'} in ${seconds(total)} (${stages.join(', ')} ms)`,
    `Runs on:   ${report.accelerator}, ${report.arch}, clock ${harmless(report.clockSource)}, lohar ${harmless(report.lohar)}`,
    ...(steps.length === 0 ? [] : ['Made its own:', ...steps]),
  ];
}

export function inspectLines(sandbox: SandboxDetailReply): string[] {
  const pairs = (all: Readonly<Record<string, string>>) =>
    Object.entries(all)
      .map(([key, value]) => `${key}=${value}`)
      .join(' ');
  return [
    `Name:      ${sandbox.name}`,
    `Id:        ${sandbox.id}`,
    `State:     ${sandbox.state}${sandbox.reason === undefined ? '' : ` (${sandbox.reason})`}`,
    `Image:     ${sandbox.image}`,
    `Shape:     ${sandbox.cpus} cpu${sandbox.cpus === 1 ? '' : 's'}, ${mebibytesText(sandbox.memoryMib)} memory, ${mebibytesText(sandbox.diskMib)} disk`,
    `Created:   ${sandbox.createdAt}`,
    ...(Object.keys(sandbox.labels).length === 0 ? [] : [`Labels:    ${pairs(sandbox.labels)}`]),
    ...(Object.keys(sandbox.env).length === 0 ? [] : [`Env:       ${Object.keys(sandbox.env).join(' ')}`]),
    ...(sandbox.init === undefined ? [] : [`Init:      ${sandbox.init}`]),
    ...(sandbox.pid === undefined ? [] : [`Process:   ${sandbox.pid}`]),
    ...(sandbox.trouble === undefined ? [] : [`Trouble:   ${harmless(sandbox.trouble)}`]),
    ...(sandbox.report === undefined ? [] : reportLines(sandbox.report)),
    ...(sandbox.console === undefined || sandbox.console.length === 0
      ? []
      : ['Last console lines:', ...sandbox.console.map((line) => `  ${harmless(line)}`)]),
  ];
}

async function inspect(cli: Cli, _: object, sandbox: string): Promise<void> {
  const reply = await cli.api.json<SandboxDetailReply>('GET', sandboxPath(sandbox));
  if (cli.json) return printJson(reply);
  for (const line of inspectLines(reply)) print(line);
}
