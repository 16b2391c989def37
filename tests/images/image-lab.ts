/** A daemon with an images folder of its own, in which the tier minimal lies, and a look into images. */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lab, openLab } from '../cli/lab.ts';

const ROOT = join(import.meta.dirname, '../..');
const BUILT = process.env.BHATTI_IMAGES_DIR ?? join(ROOT, 'build/images');
const CHUNK = 4 * 1024 * 1024;

export interface ImageLab extends Lab {
  readonly imagesDir: string;
  imagePath(name: string): string;
  /** What debugfs(8) says of an image; no file system is mounted here. */
  look(name: string, command: string): string;
}

/** What a command says but for the one line that it says first where another test builds meanwhile. */
export const afterWaiting = (stderr: string): string =>
  stderr.replace(/^\d+\.\d s {2}waiting for another build to end\n/, '');

export function openImageLab(also: Readonly<Record<string, string>> = {}): ImageLab {
  const imagesDir = mkdtempSync(join(ROOT, 'build/images-test-')); // links need the same file system
  for (const file of readdirSync(BUILT))
    if (/minimal|vmlinux/.test(file)) linkSync(join(BUILT, file), join(imagesDir, file));
  const lab = openLab({ BHATTI_IMAGES_DIR: imagesDir, ...also });
  const imagePath = (name: string): string => join(imagesDir, `rootfs-${name}-amd64.ext4`);
  return {
    ...lab,
    imagesDir,
    imagePath,
    look: (name, command) =>
      execFileSync('debugfs', ['-R', command, imagePath(name)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
      }),
    async close() {
      await lab.close();
      rmSync(imagesDir, { recursive: true });
    },
  };
}

/** Which of these texts stand anywhere in a file, free blocks of its file system too. */
export async function textsIn(path: string, texts: readonly string[]): Promise<string[]> {
  const extents = JSON.parse(
    execFileSync('qemu-img', ['map', '--output=json', '-f', 'raw', path], { encoding: 'utf8', maxBuffer: 64 << 20 }),
  ) as { start: number; length: number; data: boolean }[];
  const found = new Set<string>();
  const longest = Math.max(...texts.map((text) => text.length));
  await using file = await open(path);
  for (const { start, length } of extents.filter(({ data }) => data)) {
    for (let at = start; at < start + length; at += CHUNK - longest) {
      const size = Math.min(CHUNK, start + length - at);
      const { buffer } = await file.read(Buffer.alloc(size), 0, size, at);
      for (const text of texts) if (buffer.includes(text)) found.add(text);
    }
  }
  return [...found];
}
