/** docs/survival.md: what the last run of the kill tests showed. Pure. */

export interface SurvivalRow {
  readonly file: string;
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
}

const HEAD = `# What survives

Written by \`npm run test:survival\` (\`tests/states/survival.ts\`): the daemon dies of SIGKILL at random instants of every operation,
QEMU at others, everything stands still for a minute, a hundred commands come at once, disks fill up, and commands, terminals and
connections go through pause, cold stop, start and a killed daemon. After each instant it is looked at: no sandbox lost or doubled,
no snapshot half there, no process, folder, layer or namespace left over, each byte of a stream once.

`;

export function survivalPage(
  rows: readonly SurvivalRow[],
  about: { readonly seeds: ReadonlyMap<string, string>; readonly machine: string; readonly date: string },
): string {
  const failed = rows.filter(({ passed }) => !passed).length;
  const lines = rows.map(({ file, name, passed, seconds }) => {
    const seed = about.seeds.get(file);
    return `| ${file}${seed === undefined ? '' : ` (FUZZ_SEED=${seed})`} | ${name} | ${passed ? 'passed' : 'failed'} | ${seconds} s |`;
  });
  return `${HEAD}Last run: ${about.date}, ${about.machine}, under emulation: ${rows.length - failed} passed, ${failed} failed.

| file | test | | took |
|---|---|---|---|
${lines.join('\n')}
`;
}
