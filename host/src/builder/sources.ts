/** Where packages come from: mmdebstrap's default mirrors of a suite, or the site's own. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { runProgram } from './program.ts';

/** The site's mirror of a suite's archive, e.g. { noble: 'http://mirror.example/ubuntu' }. */
export type Mirrors = Readonly<Record<string, string>>;

export interface Suite {
  readonly suite: string;
  readonly components: readonly string[];
}

/**
 * @returns lines of sources.list(5) for a suite with its updates and security updates
 * @throws BhattiError tier.build-failed for a suite mmdebstrap does not know
 */
export async function sourceLines(
  { suite, components }: Suite,
  mirrors: Mirrors,
  signal: AbortSignal,
): Promise<string[]> {
  const lines: string[] = [];
  const show = '--setup-hook=cat "$1/etc/apt/sources.list"';
  const nothing = ['--mode=unshare', '--variant=custom', '--skip=update', '--format=null'];
  await runProgram('mmdebstrap', [...nothing, `--components=${components.join(',')}`, show, suite, '/dev/null'], {
    signal,
    onLine: (line) => {
      if (line.startsWith('deb ')) lines.push(line.replace(/ \[[^\]]*\]/, ''));
    },
  });
  if (lines.length === 0)
    throw new BhattiError('tier.build-failed', `cannot build the tier: mmdebstrap knows no mirror of ${suite}`, {
      remedy: 'use a suite of Debian or Ubuntu in the recipe, such as noble',
    });
  return withMirror(lines, mirrors[suite]);
}

/**
 * Replaces the archive of each line. Where the security archive has a path of its own (Debian's), the mirror is taken
 * to have it beside the main one.
 */
export function withMirror(lines: readonly string[], mirror: string | undefined): string[] {
  if (mirror === undefined) return [...lines];
  const base = mirror.replace(/\/+$/, '');
  const pathOf = (line: string) => new URL(line.split(' ')[1] ?? '').pathname.replace(/\/+$/, '');
  const main = pathOf(lines[0] ?? '');
  return lines.map((line) => {
    const path = pathOf(line);
    const uri = path !== main && base.endsWith(main) ? base.slice(0, -main.length) + path : base;
    return line.replace(/^deb \S+/, `deb ${uri}`);
  });
}

/** @returns the lines with the key that must have signed them */
export const signedBy = (lines: readonly string[], keyring: string): string[] =>
  lines.map((line) => line.replace(/^deb /, `deb [signed-by=${keyring}] `));
