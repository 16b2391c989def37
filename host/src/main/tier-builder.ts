/** The builder as the operations see it: with the daemon's folders. */
import { buildTier } from '../builder/build-tier.ts';
import { listTiers, loadChain } from '../builder/tiers.ts';
import type { TierSummary, Tiers } from '../ports/tiers.ts';
import { loharPath, TIERS_DIR } from './programs.ts';
import type { Settings } from './settings.ts';
import { VERSION } from './version.ts';

export function tierBuilder(settings: Settings): Tiers {
  const tiersDir = TIERS_DIR;
  return {
    async list() {
      const summaries: TierSummary[] = [];
      for (const name of await listTiers(tiersDir)) {
        const recipe = (await loadChain(tiersDir, name)).at(-1)?.recipe;
        const base = recipe?.base === undefined ? {} : { base: recipe.base };
        const { description = '', usedMibMax = 0 } = recipe ?? {};
        summaries.push({ name, description, usedMibMax, ...base });
      }
      return summaries;
    },
    build: (name, { refresh }, progress, signal) =>
      buildTier(name, {
        tiersDir,
        imagesDir: settings.imagesDir,
        cacheDir: settings.cacheDir,
        lohar: { path: loharPath(), version: VERSION },
        mirrors: settings.mirrors,
        refresh,
        progress,
        signal,
      }),
  };
}
