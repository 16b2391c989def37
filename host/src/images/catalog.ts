/** The images folder, read anew at each call: adapter of ports/images.ts. */
import { constants, type FileHandle, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { bytes, mebibytes } from '@bhatti/wire/units.ts';
import type { Image, ImageManifest, Images } from '../ports/images.ts';
import { readSuperblock, SUPERBLOCK_END, type Superblock } from './ext4.ts';
import { KERNEL_HEAD_SIZE, kernelArch } from './kernel.ts';
import { MANIFEST_SIZE_MAX, parseManifest } from './manifest.ts';

type Arch = Image['arch'];

const IMAGE_FILE = /^rootfs-([a-z0-9][a-z0-9._-]{0,62})-(amd64|arm64)\.ext4$/;
const MIB = 1024 * 1024;
/** Somebody's fifo of that name must not stop the daemon. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

interface Found {
  readonly name: string;
  readonly arch: Arch;
  readonly file: string;
}

export class ImageCatalog implements Images {
  readonly #folder: string;
  readonly #arch: Arch;

  /** @param arch of the sandboxes; images of another are not offered */
  constructor(folder: string, arch: Arch) {
    this.#folder = folder;
    this.#arch = arch;
  }

  async list(): Promise<readonly Image[]> {
    const images: Image[] = [];
    for (const found of await this.#scan()) {
      try {
        images.push(await this.#read(found));
      } catch (error) {
        // A file that goes away or is still being copied while we look is simply not offered yet.
        if (!(error instanceof BhattiError)) throw error;
      }
    }
    return images;
  }

  async find(name: string): Promise<Image> {
    return this.#read(await this.#locate(name));
  }

  async remove(name: string): Promise<void> {
    const { file } = await this.#locate(name);
    const path = join(this.#folder, file);
    await rm(path);
    await rm(manifestBeside(path), { force: true });
  }

  async rename(name: string, to: string): Promise<void> {
    const { file, arch } = await this.#locate(name);
    const from = join(this.#folder, file);
    const target = join(this.#folder, `rootfs-${to}-${arch}.ext4`);
    const text = await readFile(manifestBeside(from), 'utf8').catch(() => null);
    // The manifest first: without its image it means nothing.
    if (text !== null) {
      const manifest: unknown = { ...JSON.parse(text), tier: to };
      await writeFile(manifestBeside(target), `${JSON.stringify(manifest, null, 2)}\n`);
    }
    await rename(from, target);
    await rm(manifestBeside(from), { force: true });
  }

  async #locate(name: string): Promise<Found> {
    const all = await this.#scan();
    const found = all.find((image) => image.name === name);
    if (found) return found;
    const names = all.map((image) => image.name).join(', ');
    throw new BhattiError(
      'image.not-found',
      `cannot find image ${JSON.stringify(name)}: ${names ? `there are ${names}` : `there is none in ${this.#folder}`}`,
      { remedy: names ? 'bhatti image list' : 'bhatti tier build minimal' },
    );
  }

  async #scan(): Promise<Found[]> {
    const entries = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const found: Found[] = [];
    for (const file of entries.sort()) {
      const [, name, arch] = IMAGE_FILE.exec(file) ?? [];
      if (name !== undefined && arch === this.#arch) found.push({ name, arch: this.#arch, file });
    }
    return found;
  }

  async #read({ name, arch, file }: Found): Promise<Image> {
    const path = join(this.#folder, file);
    await using handle = await open(path, READ).catch((cause) => {
      throw broken(path, `it cannot be opened`, name, cause);
    });
    const info = await handle.stat();
    if (!info.isFile()) throw broken(path, 'it is no file', name);
    const superblock = await this.#superblock(handle, path, name, info.size);
    const manifest = await this.#manifest(manifestBeside(path), superblock);
    return {
      name,
      arch,
      path,
      kernel: await this.#kernel(path, name, manifest),
      sizeMib: mebibytes(Math.ceil(info.size / MIB)),
      allocated: bytes(info.blocks * 512),
      modifiedMs: Math.floor(info.mtimeMs),
      ...(manifest ? { manifest } : {}),
    };
  }

  async #superblock(handle: FileHandle, path: string, name: string, size: number): Promise<Superblock> {
    const head = Buffer.alloc(SUPERBLOCK_END);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const superblock = readSuperblock(head.subarray(0, bytesRead));
    if (!superblock) throw broken(path, 'it is no ext4 file system', name);
    if (size < superblock.size)
      throw broken(path, `it is cut short: it has ${size} bytes, its file system ${superblock.size}`, name);
    return superblock;
  }

  async #manifest(path: string, superblock: Superblock): Promise<ImageManifest | null> {
    const info = await stat(path).catch(() => null);
    if (!info?.isFile() || info.size > MANIFEST_SIZE_MAX) return null;
    const manifest = parseManifest(await readFile(path, 'utf8'), path);
    return manifest.uuid === superblock.uuid ? manifest : null;
  }

  /** The manifest's kernel, else the newest of the folder. */
  async #kernel(image: string, name: string, manifest: ImageManifest | null): Promise<string> {
    if (manifest) {
      const path = join(this.#folder, manifest.kernel.file);
      if ((await this.#archOf(path)) === this.#arch) return path;
      throw broken(image, `its kernel ${manifest.kernel.file} is not beside it`, name);
    }
    let newest: { path: string; mtimeMs: number } | undefined;
    for (const file of await readdir(this.#folder)) {
      if (!file.startsWith('vmlinux-')) continue;
      const path = join(this.#folder, file);
      const info = await stat(path).catch(() => null);
      if (!info || (newest && info.mtimeMs <= newest.mtimeMs) || (await this.#archOf(path)) !== this.#arch) continue;
      newest = { path, mtimeMs: info.mtimeMs };
    }
    if (newest) return newest.path;
    throw new BhattiError('image.broken', `cannot use image ${image}: there is no kernel (vmlinux-*) beside it`, {
      remedy: 'bhatti tier build minimal',
    });
  }

  async #archOf(path: string): Promise<Arch | null> {
    await using handle = await open(path, READ).catch(() => undefined);
    if (!handle) return null;
    const head = Buffer.alloc(KERNEL_HEAD_SIZE);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return kernelArch(head.subarray(0, bytesRead));
  }
}

const manifestBeside = (image: string): string => image.replace(/\.ext4$/, '.json');

function broken(path: string, why: string, name: string, cause?: unknown): BhattiError {
  return new BhattiError('image.broken', `cannot use image ${path}: ${why}`, {
    remedy: `bhatti tier build ${name}, or copy the file again`,
    cause,
  });
}
