/** What the tests of this folder build with: the project's tiers and caches, an images folder of their own. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildSettings } from '@bhatti/host/builder/build-tier.ts';

const root = join(import.meta.dirname, '../..');

export const cacheDir = process.env.BHATTI_CACHE_DIR ?? join(homedir(), '.cache/bhatti');

export const isRoot: boolean = process.getuid?.() === 0;

/** Runs `work` with an images folder that is gone afterwards. */
export async function withImagesDir(work: (imagesDir: string) => Promise<void>): Promise<void> {
  const imagesDir = mkdtempSync(join(tmpdir(), 'bhatti-images-'));
  try {
    await work(imagesDir);
  } finally {
    rmSync(imagesDir, { recursive: true, force: true });
  }
}

/** @returns settings for a build that nobody watches or stops */
export const settingsFor = (imagesDir: string): BuildSettings => ({
  tiersDir: join(root, 'tiers'),
  imagesDir,
  cacheDir,
  lohar: { path: join(root, 'build/amd64/lohar'), version: '0.1.0' },
  progress: { step: () => {} },
  signal: new AbortController().signal,
});

/** What a build may leave: no work folders, no processes in them, no mounts. */
export function leftovers(imagesDir: string): string[] {
  const shared = isRoot
    ? []
    : readdirSync(process.env.TMPDIR ?? '/var/tmp').filter((name) => name.startsWith('bhatti-'));
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return [
    ...readdirSync(cacheDir).filter((name) => name.startsWith('tier-work-')),
    ...readdirSync(imagesDir).filter((name) => !/^(rootfs-|vmlinux-)/.test(name)),
    ...shared,
    ...mounts.filter((line) => line.includes('mmdebstrap') || line.includes('bhatti-image')),
  ];
}
