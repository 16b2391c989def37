/** The tiers folder: finds recipes, the chain of layers below a tier, and what a layer's hash covers. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { APT_PINS, INIT_PACKAGE, type LaidFile } from './lohar-layer.ts';
import { invalid, isTierName, lineOfKey, parseRecipe, RECIPE_SIZE_MAX, type Recipe } from './recipe.ts';

/** Runs in the new root; a change of it makes every layer anew. */
export const LAYER_SCRIPT = join(import.meta.dirname, 'layer.sh');

/** Raised when the way layer.sh is called changes what a recipe makes. */
const LAYER_FORMAT = 3;

export interface Tier {
  readonly name: string;
  readonly recipe: Recipe;
  readonly files: readonly (LaidFile & { readonly early: boolean })[];
  /** Absolute paths, in the order of bootstrap and foreign. */
  readonly keyrings: readonly string[];
  /** Covers the recipe, its files and keys and the layer below; hex. */
  readonly hash: string;
}

/** @returns the names of all tiers, sorted */
export async function listTiers(tiersDir: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(tiersDir, { withFileTypes: true })) {
    if (entry.isDirectory() && isTierName(entry.name) && (await exists(recipePath(tiersDir, entry.name))))
      names.push(entry.name);
  }
  return names.sort();
}

/**
 * @returns the layers of a tier, the bootstrap first
 * @throws BhattiError tier.not-found | recipe.invalid
 */
export async function loadChain(tiersDir: string, name: string): Promise<readonly Tier[]> {
  const recipes: { name: string; recipe: Recipe }[] = [];
  for (let at: string | undefined = name; at !== undefined; ) {
    if (recipes.some((seen) => seen.name === at)) {
      const cycle = [...recipes.map((seen) => seen.name), at].reverse().join(' <- ');
      throw await invalidKey(tiersDir, recipes.at(-1)?.name ?? at, 'base', `the bases go in a circle: ${cycle}`);
    }
    const recipe: Recipe = await readRecipe(tiersDir, at, recipes.at(-1)?.name);
    recipes.push({ name: at, recipe });
    at = recipe.base;
  }
  const chain: Tier[] = [];
  for (const one of recipes.reverse()) chain.push(await loadTier(tiersDir, one.name, one.recipe, chain.at(-1)));
  return chain;
}

async function readRecipe(tiersDir: string, name: string, usedBy: string | undefined): Promise<Recipe> {
  const path = recipePath(tiersDir, name);
  const known = isTierName(name) && (await exists(path));
  if (!known && usedBy !== undefined) throw await invalidKey(tiersDir, usedBy, 'base', `there is no tier ${name}`);
  if (!known) {
    const all = (await listTiers(tiersDir)).join(', ');
    throw new BhattiError('tier.not-found', `cannot find tier ${JSON.stringify(name)}: tiers are ${all}`, {
      remedy: 'bhatti tier list',
    });
  }
  return parseRecipe(await readRecipeText(path), path);
}

async function readRecipeText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > RECIPE_SIZE_MAX)
    throw new BhattiError('recipe.invalid', `cannot read recipe ${path}: it has ${size} bytes`, {
      remedy: `a recipe has at most ${RECIPE_SIZE_MAX} bytes`,
    });
  return readFile(path, 'utf8');
}

async function loadTier(tiersDir: string, name: string, recipe: Recipe, below: Tier | undefined): Promise<Tier> {
  const hash = createHash('sha256').update(JSON.stringify([LAYER_FORMAT, below?.hash ?? null, recipe]));
  for (const path of [LAYER_SCRIPT, APT_PINS.from, ...Object.values(INIT_PACKAGE)]) hash.update(await readFile(path));
  const files = recipe.files.map((file) => ({
    path: file.path,
    from: join(tiersDir, name, 'files', file.path),
    mode: Number.parseInt(file.mode, 8),
    early: file.early,
  }));
  for (const [index, file] of files.entries())
    hash.update(await contentHash(tiersDir, name, `files.${index}.path`, file.from));
  const keyrings: string[] = [];
  for (const [index, source] of [recipe.bootstrap, ...recipe.foreign].entries()) {
    if (!source) continue;
    const key = index === 0 ? 'bootstrap.keyring' : `foreign.${index - 1}.keyring`;
    keyrings.push(join(tiersDir, source.keyring));
    hash.update(await contentHash(tiersDir, name, key, join(tiersDir, source.keyring)));
  }
  return { name, recipe, files, keyrings, hash: hash.digest('hex') };
}

async function contentHash(tiersDir: string, tier: string, key: string, path: string): Promise<Buffer> {
  const content = await readFile(path).catch(() => null);
  if (!content) throw await invalidKey(tiersDir, tier, key, `there is no file ${path}`);
  return createHash('sha256').update(content).digest();
}

async function invalidKey(tiersDir: string, tier: string, key: string, why: string): Promise<BhattiError> {
  const path = recipePath(tiersDir, tier);
  return invalid(path, lineOfKey(await readRecipeText(path), key.split('.')), why);
}

const recipePath = (tiersDir: string, name: string): string => join(tiersDir, name, 'recipe.yaml');

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
