/** What `npm run build` and `npm pack` make, and a release of the tier minimal. */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BHATTI } from '../cli/lab.ts';

const ROOT = join(import.meta.dirname, '../..');
const IMAGES = process.env.BHATTI_IMAGES_DIR ?? join(ROOT, 'build/images');

/** @returns the package's path, in `folder` */
export function makePackage(folder: string): string {
  run(process.execPath, join(ROOT, 'tools/package/main.ts'));
  run('npm', 'pack', './dist', '--pack-destination', folder);
  const made = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  if (made.length !== 1) throw new Error(`npm pack made ${made.length} packages`);
  return join(folder, String(made[0]));
}

/** Of minimal alone, whatever else was built. Kept from run to run: only what changed is packed again. @returns its folder */
export function makeRelease(): string {
  const release = join(ROOT, 'build/release');
  const images = mkdtempSync(join(ROOT, 'build/minimal-'));
  try {
    for (const name of readdirSync(IMAGES).filter((name) => /^(rootfs-minimal-|vmlinux-)/.test(name)))
      linkSync(join(IMAGES, name), join(images, name));
    run(BHATTI, 'tier', 'publish', release, '--images-dir', images);
  } finally {
    rmSync(images, { recursive: true });
  }
  return release;
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
}
