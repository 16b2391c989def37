/** Installs tiers and brings them up to date: from the release source, or by building when none is set. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Progress } from '../ports/engine.ts';
import type { ImageManifest } from '../ports/images.ts';
import type { ReleasedTier } from '../ports/releases.ts';
import type { Context } from './context.ts';

export interface UpdatedTier {
  readonly name: string;
  readonly how: 'installed' | 'built' | 'current' | 'not-offered';
  readonly usedBytes?: number;
}

/** @param asked names; 'all' that can be had; undefined: those that are installed */
export async function updateTiers(
  context: Context,
  asked: readonly string[] | 'all' | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly UpdatedTier[]> {
  const installed = new Map<string, ImageManifest>();
  for (const { name, manifest } of await context.images.list())
    if (manifest?.recipeHash !== undefined) installed.set(name, manifest);
  const offered = await context.releases.offered(signal);
  const available = (offered ?? (await context.tiers.list())).map(({ name }) => name);
  const wanted = asked === 'all' ? available : (asked ?? [...installed.keys()]);
  // All of them are looked at before the first is made.
  if (Array.isArray(asked)) requireKnown(asked, available);
  const done: UpdatedTier[] = [];
  for (const name of wanted) {
    if (offered === null) {
      const { usedBytes } = await context.tiers.build(name, { refresh: installed.has(name) }, progress, signal);
      done.push({ name, how: 'built', usedBytes });
      continue;
    }
    const how = decide(offered, name, installed.get(name));
    if (how !== 'install') done.push({ name, how });
    else {
      const { usedBytes } = await context.releases.install(name, progress, signal);
      done.push({ name, how: 'installed', usedBytes });
    }
  }
  return done;
}

function decide(
  offered: readonly ReleasedTier[],
  name: string,
  here: ImageManifest | undefined,
): 'install' | 'current' | 'not-offered' {
  const there = offered.find((tier) => tier.name === name);
  if (there === undefined) return 'not-offered';
  return there.sha256 === here?.sha256 ? 'current' : 'install';
}

function requireKnown(asked: readonly string[], available: readonly string[]): void {
  const unknown = asked.find((name) => !available.includes(name));
  if (unknown === undefined) return;
  throw new BhattiError(
    'tier.not-found',
    `cannot find tier ${JSON.stringify(unknown)}: there are ${available.join(', ') || 'none'}`,
    { remedy: 'bhatti update --tiers all' },
  );
}
