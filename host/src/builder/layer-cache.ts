/** Finds a tier's layer in the cache, or makes it and the ones below. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Progress } from '../ports/engine.ts';
import { type AptJob, fetchPackages } from './apt.ts';
import { requireRoom, roomForLayer } from './disk-space.ts';
import { type Foreign, foreignPins, keyringInImage } from './foreign.ts';
import { makeLayer } from './layer.ts';
import { APT_PINS, type LaidFile } from './lohar-layer.ts';
import { fetchNpm } from './npm.ts';
import { runProgram } from './program.ts';
import { type Mirrors, signedBy, sourceLines } from './sources.ts';
import type { Tier } from './tiers.ts';
import type { WorkFolder } from './work-folder.ts';

export interface Layer {
  /** Of the whole root. */
  readonly tar: string;
  /** Text of dpkg's status file. */
  readonly status: string;
}

export interface LayerContext {
  readonly cacheDir: string;
  readonly mirrors: Mirrors;
  /** Makes the layers anew, with the packages the mirror has now. */
  readonly refresh: boolean;
  readonly work: WorkFolder;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

interface Below {
  readonly layer: Layer;
  readonly key: string;
  /** Sources with keys, for the host's apt. */
  readonly sources: readonly string[];
}

/** @returns the topmost layer of a chain */
export async function ensureLayer(chain: readonly Tier[], at: LayerContext): Promise<Layer> {
  let below: Below | undefined;
  for (const tier of chain) below = await ensureOne(tier, below, at);
  if (!below) throw new RangeError('a chain has at least one layer');
  return below.layer;
}

async function ensureOne(tier: Tier, below: Below | undefined, at: LayerContext): Promise<Below> {
  const { bootstrap } = tier.recipe;
  const own = bootstrap ? await sourceLines(bootstrap, at.mirrors, at.signal) : [];
  const foreign = await foreignSources(tier, at);
  const sources = [
    ...(below?.sources ?? []),
    ...signedBy(own, tier.keyrings[0] ?? ''),
    ...foreign.flatMap((one) => signedBy(one.lines, one.keyring)),
  ];
  // Without the keys' paths: every checkout finds the same layer. The tier's hash covers the keys.
  const lines = [...own, ...foreign.flatMap((one) => one.lines)];
  const key = createHash('sha256')
    .update(JSON.stringify([tier.hash, below?.key ?? null, lines]))
    .digest('hex');
  const tar = join(at.cacheDir, 'layers', `${tier.name}-${key.slice(0, 16)}.tar`);
  const found = at.refresh ? null : await cached(tar);
  const layer = found ?? (await make(tier, below?.layer, { own, foreign, sources }, tar, at));
  return { layer, key, sources };
}

async function foreignSources(tier: Tier, at: LayerContext): Promise<Foreign[]> {
  const keys = tier.keyrings.slice(tier.recipe.bootstrap ? 1 : 0);
  const all: Foreign[] = [];
  for (const [index, source] of tier.recipe.foreign.entries())
    all.push({ ...source, keyring: keys[index] ?? '', lines: await sourceLines(source, at.mirrors, at.signal) });
  return all;
}

async function cached(tar: string): Promise<Layer | null> {
  const status = await readFile(statusBeside(tar), 'utf8').catch(() => null);
  const whole = await stat(tar).catch(() => null);
  if (status === null || !whole) return null;
  const now = new Date();
  await utimes(tar, now, now);
  return { tar, status };
}

interface Sources {
  readonly own: readonly string[];
  readonly foreign: readonly Foreign[];
  readonly sources: readonly string[];
}

async function make(
  tier: Tier,
  below: Layer | undefined,
  from: Sources,
  tar: string,
  at: LayerContext,
): Promise<Layer> {
  const { progress, signal } = at;
  const { packages, foreign, kernel } = tier.recipe;
  await requireRoom(`build tier ${tier.name}`, 'the build', at.cacheDir, roomForLayer(tier.recipe.usedMibMax));
  const job: AptJob = {
    cacheDir: at.cacheDir,
    id: tier.name,
    sources: from.sources,
    preferences: `${await readFile(APT_PINS.from, 'utf8')}\n${foreignPins(from.foreign)}`,
    status: below?.status ?? '',
    packages: [...packages, ...foreign.flatMap((source) => source.packages)],
    kernel: kernel?.package,
    progress,
    signal,
    onLine: at.log,
  };
  const fetched = await fetchPackages(job);
  const scratch = await at.work.folder(`layer-${tier.name}`);
  const layerJob = {
    tier,
    below: below?.tar,
    sources: from.own,
    aptFiles: await foreignFiles(from.foreign, scratch),
    fetched,
    npmTar: await fetchNpm(tier.recipe.npm, scratch, at),
    scratch,
    unpackDir: at.work.unpackDir,
    signal,
    onLine: watchInstall(tier.name, fetched.debs.length, at),
  };
  await mkdir(join(at.cacheDir, 'layers'), { recursive: true });
  const made = await makeLayer(layerJob);
  const status = await statusOf(made, scratch, signal);
  await writeFile(join(scratch, 'status'), status);
  // A tar without its status does not count as cached: no mixture of two builds is ever used.
  await rm(statusBeside(tar), { force: true });
  await rename(made, tar);
  await rename(join(scratch, 'status'), statusBeside(tar));
  await removeOlder(tier.name, tar);
  return { tar, status };
}

/** A line of the layer's log moves the bar: each package is unpacked and set up. */
function watchInstall(name: string, packages: number, at: LayerContext): (line: string) => void {
  let done = 0;
  const label = `installing the packages of ${name}`;
  at.progress.step(label, 0);
  return (line) => {
    at.log(line);
    const [, said] = /^bhatti: (.*)$/.exec(line) ?? [];
    if (said !== undefined) at.progress.step(`${name}: ${said}`);
    else if (/^(Unpacking|Setting up) /.test(line)) at.progress.step(label, Math.min(1, ++done / (2 * packages)));
  };
}

async function foreignFiles(foreign: readonly Foreign[], scratch: string): Promise<LaidFile[]> {
  const files: LaidFile[] = [];
  for (const one of foreign) {
    const list = join(scratch, `${one.suite}.list`);
    await writeFile(list, `${signedBy(one.lines, keyringInImage(one)).join('\n')}\n`);
    files.push({ path: `/etc/apt/sources.list.d/bhatti-${one.suite}.list`, from: list, mode: 0o644 });
    files.push({ path: keyringInImage(one), from: one.keyring, mode: 0o644 });
  }
  if (foreign.length === 0) return files;
  const pins = join(scratch, 'foreign-pins');
  await writeFile(pins, foreignPins(foreign));
  return [...files, { path: '/etc/apt/preferences.d/bhatti-foreign', from: pins, mode: 0o644 }];
}

async function statusOf(tar: string, scratch: string, signal: AbortSignal): Promise<string> {
  const inside = './var/lib/dpkg/status';
  await runProgram('tar', ['-x', '-f', tar, '-C', scratch, '--no-same-owner', inside], { signal });
  return readFile(join(scratch, inside), 'utf8');
}

/** Two layers a tier are kept, the last used: two checkouts that share a cache do not build in turns. */
async function removeOlder(tier: string, kept: string): Promise<void> {
  const folder = dirname(kept);
  const ofTier = new RegExp(`^${tier}-[0-9a-f]{16}\\.tar$`);
  const others: { tar: string; usedMs: number }[] = [];
  for (const name of await readdir(folder)) {
    const tar = join(folder, name);
    if (ofTier.test(name) && tar !== kept) others.push({ tar, usedMs: (await stat(tar)).mtimeMs });
  }
  others.sort((a, b) => b.usedMs - a.usedMs);
  for (const { tar } of others.slice(1)) {
    await rm(tar);
    await rm(statusBeside(tar), { force: true });
  }
}

const statusBeside = (tar: string): string => tar.replace(/\.tar$/, '.status');
