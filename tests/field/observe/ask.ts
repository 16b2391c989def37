/** How a machine is asked: a shell script as root, and what it wrote as lines, blocks and steps. */
import type { Properties, Step } from '../recording.ts';

/** Runs a script of bash as root; output and errors are one text. */
export type Run = (script: string, timeoutMs?: number) => Promise<{ code: number; output: string }>;

const STEP_LINES = 8;
const STATE = 'ActiveState,SubState,Result,MainPID,ExecMainCode,ExecMainStatus,NRestarts';

export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** The last state of each progress line, without addresses of archives. */
export const cleaned = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd().split('\r').at(-1) ?? '')
    .join('\n')
    .replaceAll(/(https?|file):\/\S+/g, 'ARCHIVE');

/** Paragraphs of NAME=VALUE lines. */
export const blocksOf = (text: string): Record<string, string>[] =>
  text
    .trim()
    .split('\n\n')
    .map((block) =>
      Object.fromEntries(
        block
          .split('\n')
          .filter((line) => line.includes('='))
          .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      ),
    )
    .filter((block) => Object.keys(block).length > 0);

export async function step(run: Run, command: string): Promise<Step> {
  const from = performance.now();
  const { code, output } = await run(command);
  return { rc: code, seconds: secondsSince(from), output: linesOf(cleaned(output)).slice(-STEP_LINES) };
}

export const secondsSince = (fromMs: number): number => Math.round((performance.now() - fromMs) / 100) / 10;

export const ask = async (run: Run, command: string): Promise<string[]> => linesOf((await run(command)).output);

/** Several questions in one round. */
export async function askAll(run: Run, commands: readonly string[]): Promise<string[][]> {
  const { output } = await run(commands.map((command) => `${command}\necho @@@`).join('\n'));
  return output.split('@@@').slice(0, commands.length).map(linesOf);
}

export async function stateOf(run: Run, unit: string): Promise<Properties> {
  return blocksOf((await run(`systemctl show '${unit}' -p ${STATE}`)).output)[0] ?? {};
}

/** @returns the command lines of what runs in a control group */
export async function processesIn(run: Run, cgroup: string): Promise<string[]> {
  if (cgroup === '' || cgroup === '/') return [];
  const pids = `find "/sys/fs/cgroup${cgroup}" -name cgroup.procs -exec cat {} + 2>/dev/null`;
  return ask(run, `for p in $(${pids}); do tr "\\0" " " < /proc/$p/cmdline; echo; done`);
}
