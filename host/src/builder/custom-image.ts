import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { installedPackages } from '../core/dpkg-status.ts';
import { fileSha256 } from '../images/file-sha256.ts';
import { imageDigest } from '../images/image-digest.ts';
import type { Progress } from '../ports/engine.ts';
import type { Image, ImageManifest, ImageOrigin } from '../ports/images.ts';
import { makeOverlay } from './guest-overlay.ts';
import { makeImage } from './image.ts';
import type { RunSettings } from './oci/start-unit.ts';
import { ARCH, measureImage, placeImage } from './place-image.ts';
import type { LoharBinary } from './publish-image.ts';
import { emptied, forget, IDENTITY, IDENTITY_FOLDER, PATTERNS_MAX, WRITTEN_AT_BOOT } from './root/identity.ts';
import { type Folder, type Node, RootTree } from './root/root-tree.ts';
import { rootSize, writeRoot } from './root/write-root.ts';
import { readTar } from './tar/read-tar.ts';
import type { WorkFolder } from './work-folder.ts';

const MIB = 1024 * 1024;
/** As large as a tier's: a sparse file system costs nothing, and grows with `--disk-size`. */
const DISK_MIB = 8192;
/** mke2fs(8): one inode for so many bytes. */
const BYTES_PER_INODE = 16_384;
/** Largest of the small files that are read here. */
const TEXT_SIZE_MAX = 64 * MIB;

export interface CustomImage {
  readonly name: string;
  readonly description: string;
  readonly origin: ImageOrigin;
  /** Its kernel boots it, its sizes are its defaults. */
  readonly base: Image;
  /** Tar files, the lowest first. */
  readonly archives: readonly string[];
  /** They are layers, whose whiteouts hide what is below. */
  readonly layered: boolean;
  /** Of a container's image. */
  readonly run?: RunSettings | undefined;
  readonly keepIdentity: boolean;
  readonly lohar: LoharBinary;
  readonly imagesDir: string;
  readonly work: WorkFolder;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** @throws BadTar; BadRoot; ProgramFailed; BhattiError host.missing-program | tier.build-failed */
export async function makeCustomImage(order: CustomImage): Promise<ImageManifest> {
  const { work, signal, progress, name } = order;
  await using open = new OpenArchives();
  for (const archive of order.archives) await open.add(archive);
  const tree = new RootTree();
  progress.step('reading the archive');
  for (const number of order.archives.keys()) await lay(tree, open, number, order);
  const environment = await textOf(tree.resolve('etc/environment'), open);
  const overlay = await makeOverlay(tree, { ...order, run: order.run, lohar: order.lohar.path }, environment);
  for (const archive of overlay.archives) {
    const number = await open.add(archive);
    await lay(tree, open, number, { layered: false, signal });
  }
  await settle(tree, order, open);
  const packages = installedPackages(await textOf(tree.resolve('var/lib/dpkg/status'), open), ARCH);
  const root = join(work.path, 'root.tar');
  await writeTo(root, tree.root, open, order);
  progress.step(`making the image of ${name}`);
  const to = { imagesDir: order.imagesDir, name, kind: 'custom', signal } as const;
  return placeImage(to, async (made) => {
    const { bytes, files } = rootSize(tree.root);
    const sizeMib = diskMib(bytes, files);
    const label = `bhatti-${name}`.slice(0, 16);
    await makeImage({ tars: [root], from: 'root', label, sizeMib, unpackDir: work.unpackDir, signal }, made);
    await rm(root);
    const image = join(made, 'image');
    const sha256 = await imageDigest(image, signal);
    return { ...(await factsOf(order, overlay.units)), packages, sha256, ...(await measureImage(image)) };
  });
}

/** @returns MiB of the file system: room for the content, its inodes, and as much as a tier has */
export function diskMib(bytes: number, files: number): number {
  const forContent = (bytes * 1.1) / MIB + 512;
  const forInodes = (files * 1.25 * BYTES_PER_INODE) / MIB;
  return Math.max(DISK_MIB, Math.ceil(forContent), Math.ceil(forInodes));
}

async function lay(
  tree: RootTree,
  open: OpenArchives,
  number: number,
  { layered, signal }: { layered: boolean; signal: AbortSignal },
): Promise<void> {
  const archive = open.files[number];
  if (archive === undefined) throw new RangeError(`there is no archive ${number}`);
  for await (const entry of readTar(archive)) {
    signal.throwIfAborted();
    if (!layered || !tree.hide(entry)) tree.add(entry, number);
  }
}

/** What is written at boot is empty, what made the sandbox itself is gone. */
async function settle(tree: RootTree, order: CustomImage, open: OpenArchives): Promise<void> {
  const own = order.keepIdentity ? [] : [...IDENTITY, ...(await patternsOf(tree, open))];
  for (const pattern of own) forget(tree.root, pattern);
  const nowS = Math.floor(Date.now() / 1000);
  for (const path of WRITTEN_AT_BOOT) {
    const at = { ...emptied(tree.find(path)?.inode, nowS), name: path };
    tree.add(at, -1);
  }
  // The kernel mounts devtmpfs there, lohar the others.
  for (const path of ['dev', 'proc', 'sys', 'run', 'tmp'])
    if (tree.find(path) === undefined)
      tree.add({ ...emptied(undefined, nowS), name: path, type: 'directory', mode: 0o755 }, -1);
}

async function patternsOf(tree: RootTree, open: OpenArchives): Promise<string[]> {
  const folder = tree.resolve(IDENTITY_FOLDER);
  if (folder === undefined || !('children' in folder)) return [];
  const patterns: string[] = [];
  for (const node of folder.children.values())
    for (const line of (await textOf(node, open)).split('\n')) if (/^\/?[^#\s]/.test(line)) patterns.push(line.trim());
  return patterns.slice(0, PATTERNS_MAX);
}

async function textOf(node: Node | undefined, open: OpenArchives): Promise<string> {
  if (node?.inode.type !== 'file' || node.inode.size > TEXT_SIZE_MAX) return '';
  const { archive, offset, size } = node.inode;
  const { buffer } = (await open.files[archive]?.read(Buffer.alloc(size), 0, size, offset)) ?? { buffer: '' };
  return buffer.toString('utf8');
}

async function writeTo(path: string, root: Folder, archives: OpenArchives, order: CustomImage): Promise<void> {
  const { progress, signal } = order;
  const { bytes } = rootSize(root);
  let written = 0;
  const onBytes = (more: number): void => {
    written += more;
    progress.step('laying out the root', Math.min(1, written / Math.max(1, bytes)));
  };
  await using to = await open(path, 'wx', 0o600);
  await writeRoot(root, { archives: archives.files, to, signal, onBytes });
}

async function factsOf(
  order: CustomImage,
  units: readonly string[],
): Promise<Omit<ImageManifest, 'packages' | 'sha256' | 'usedBytes' | 'sizeBytes' | 'uuid'>> {
  const { base, name, description, origin, lohar, run } = order;
  const from = base.manifest;
  const file = basename(base.kernel);
  const kernel = from?.kernel ?? {
    file,
    version: file.replace(/^vmlinux-/, ''),
    sha256: await fileSha256(base.kernel),
  };
  return {
    tier: name,
    description,
    origin,
    arch: ARCH,
    ...(origin.kind === 'saved' ? { base: base.name } : {}),
    ...(run === undefined ? {} : { run }),
    builtAt: new Date().toISOString(),
    kernel,
    lohar: { version: lohar.version, sha256: await fileSha256(lohar.path) },
    units: origin.kind === 'saved' ? (from?.units ?? []) : units,
    ...(origin.kind === 'saved' && from?.rehearsal !== undefined ? { rehearsal: from.rehearsal } : {}),
    minimum: from?.minimum ?? { cpus: 1, memoryMib: 256 },
    defaults: from?.defaults ?? { cpus: 1, memoryMib: 512 },
  };
}

class OpenArchives implements AsyncDisposable {
  readonly files: FileHandle[] = [];

  /** @returns its number */
  async add(path: string): Promise<number> {
    return this.files.push(await open(path)) - 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const file of this.files) await file.close();
  }
}
