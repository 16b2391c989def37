/** docs/field.md: what packages of the archive do in a sandbox. Pure. */
import type { Difference } from './compare.ts';

export interface FieldRow {
  readonly package: string;
  /** Of the lohar and the recording that it was tried with. */
  readonly key: string;
  readonly version: string;
  /** The version that Ubuntu 24.04 was released with, where its update was tried. */
  readonly upgradedFrom: string | null;
  readonly seconds: number;
  /** `why` is the cause of a known difference. */
  readonly wrong: readonly (Difference & { readonly why: string | null })[];
}

const HEAD = `# Packages of the archive in a sandbox

Written by \`npm run test:field\` (\`tests/field/\`), with [field.json](field.json), which has both sides of each difference.
A package is installed with \`apt-get install\` in a fresh sandbox of the minimal tier, and compared with what real systemd
255 did after the same command in a machine of the same shape (\`tests/field/recorded/\`, by \`tests/field/record.ts\`):

- apt's exit code, and what its scripts say of units;
- unit files, links, \`is-enabled\`, states, failed units, addresses that are listened on;
- one connection to each socket unit, and what it starts;
- \`restart\`, \`stop\`, \`start\`, \`reload\` of each service: exit code, words, states, processes that are left;
- \`kill -9\` of the main process, once what begins anew has settled; PID 1's lines in the journal;
- a real client, once installed, after all that, and after stop and start of the sandbox;
- \`apt-get purge\`: links, failed units and states that are left;
- \`apt-get upgrade\` from the version that Ubuntu 24.04 was released with: which services get another main process.

| package | version | upgraded from | as systemd | where not, and why |
|---|---|---|---|---|
`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export function fieldPage(rows: readonly FieldRow[]): string {
  const alike = rows.filter(({ wrong }) => wrong.length === 0).length;
  const lines = rows.map(({ package: name, version, upgradedFrom, wrong }) => {
    const causes = new Map<string, string[]>();
    for (const { about, why } of wrong) causes.set(why ?? '', [...(causes.get(why ?? '') ?? []), about]);
    const told = [...causes].map(
      ([why, abouts]) => `${abouts.join(', ')}${why === '' ? ' (cause unknown)' : `: ${why}`}`,
    );
    return `| ${name} | ${version} | ${upgradedFrom ?? ''} | ${wrong.length === 0 ? 'yes' : 'no'} | ${cell(told.join(' '))} |\n`;
  });
  return `${HEAD}${lines.join('')}\n${alike} of ${rows.length} are alike.\n`;
}
