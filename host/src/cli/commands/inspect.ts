import { sandboxPath } from '../client/api.ts';
import type { SandboxDetailReply, StepReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { cpusText, harmless, mebibytesText, print, printJson, seconds } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';

export const define: Define = (command, act) => {
  command
    .argument('<sandbox>', 'name, id, or the beginning of an id')
    .addHelpText('after', examples('bhatti inspect dev', 'bhatti inspect dev --json'))
    .action(act(inspect));
};

function durations({ total = 0, ...timings }: Readonly<Record<string, number>>): string {
  const stages = Object.entries(timings).map(([stage, ms]) => `${stage} ${Math.round(ms)}`);
  return `${seconds(total)} (${stages.join(', ')} ms)`;
}

function stepLines(steps: readonly StepReply[]): string[] {
  return steps.map((step) => {
    const how = step.ok ? `${Math.round(step.ms)} ms` : `FAILED: ${harmless(step.error ?? '')}`;
    return `  ${harmless(step.name)}: ${how}`;
  });
}

function wakeLines({ from, sleptMs, steps, timings }: NonNullable<SandboxDetailReply['wake']>): string[] {
  return [`Woke:      from ${from} after ${seconds(sleptMs)} in ${durations(timings)}`, ...stepLines(steps)];
}

const ORIGINS: Readonly<Record<string, string>> = {
  cold: 'booted',
  template: 'forked from a template',
  fork: 'forked from a sandbox',
  pool: 'forked ahead, and taken from the pool',
};

function reportLines(report: NonNullable<SandboxDetailReply['report']>): string[] {
  const steps = stepLines(report.steps);
  return [
    `Came up:   ${ORIGINS[report.from] ?? harmless(report.from)} in ${durations(report.timings)}`,
    `Runs on:   ${report.accelerator}, ${report.arch}, clock ${harmless(report.clockSource)}, lohar ${harmless(report.lohar)}`,
    ...(steps.length === 0 ? [] : ['Made its own:', ...steps]),
  ];
}

const after = (ms: number | 'never'): string => (ms === 'never' ? ms : `after ${seconds(ms)}`);

function thermalLines({ state, thermal }: SandboxDetailReply): string[] {
  const { keepHot, idleWarmMs, idleColdMs, wakeForTimers, hotBecause, timerDueAt } = thermal;
  const when = keepHot ? 'kept hot' : `warm ${after(idleWarmMs)} of idleness, cold ${after(idleColdMs)} more`;
  const because = state === 'running' && hotBecause !== undefined ? ` (now hot: ${harmless(hotBecause)})` : '';
  const due = timerDueAt === undefined ? '' : `, next at ${timerDueAt}`;
  return [`Idle:      ${when}${because}`, ...(wakeForTimers ? [`Timers:    wake it${due}`] : [])];
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
    `Shape:     ${cpusText(sandbox.cpus)}, ${mebibytesText(sandbox.memoryMib)} memory, ${mebibytesText(sandbox.diskMib)} disk`,
    `Created:   ${sandbox.createdAt}`,
    ...(Object.keys(sandbox.labels).length === 0 ? [] : [`Labels:    ${pairs(sandbox.labels)}`]),
    ...(Object.keys(sandbox.env).length === 0 ? [] : [`Env:       ${Object.keys(sandbox.env).join(' ')}`]),
    ...(sandbox.init === undefined ? [] : [`Init:      ${sandbox.init}`]),
    ...(sandbox.pid === undefined ? [] : [`Process:   ${sandbox.pid}`]),
    ...thermalLines(sandbox),
    ...(sandbox.trouble === undefined ? [] : [`Trouble:   ${harmless(sandbox.trouble)}`]),
    ...(sandbox.report === undefined ? [] : reportLines(sandbox.report)),
    ...(sandbox.wake === undefined ? [] : wakeLines(sandbox.wake)),
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
