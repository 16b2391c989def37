/** The image that the cases run in: built like a tier, from a recipe of its own on top of the minimal one. */
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTier } from '@bhatti/host/builder/build-tier.ts';
import type { Progress } from '@bhatti/host/ports/engine.ts';

const ROOT = join(import.meta.dirname, '../..');
export const TIER = 'services';

export const cacheDir: string = process.env.BHATTI_CACHE_DIR ?? join(homedir(), '.cache/bhatti');
/** Of the checkout, as its lohar: two checkouts may run their suites at once. */
export const imagesDir: string = join(ROOT, 'build/images');

/** Recipes of the tree and ours, side by side for the builder. */
export function withRecipes<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-recipes-'));
  for (const [from, names] of [
    [join(ROOT, 'tiers'), readdirSync(join(ROOT, 'tiers'))],
    [join(import.meta.dirname, 'tier'), [TIER]],
  ] as const)
    for (const name of names) symlinkSync(join(from, name), join(folder, name));
  return run(folder).finally(() => rmSync(folder, { recursive: true }));
}

/** Builds the image, or lays the current lohar into it: seconds when its packages are cached. */
export async function buildServicesImage(progress: Progress, signal: AbortSignal): Promise<void> {
  const lohar = { path: join(ROOT, 'build/amd64/lohar'), version: '0.1.0' };
  await withRecipes((tiersDir) => buildTier(TIER, { tiersDir, imagesDir, cacheDir, lohar, progress, signal }));
}
