/** Looks into an archive: `docker save`, an OCI layout, or a root as it is. */
import { type FileHandle, open } from 'node:fs/promises';
import { BadRoot, RootTree } from '../root/root-tree.ts';
import { readTar } from '../tar/read-tar.ts';
import type { Extent } from './decompress.ts';
import {
  Config,
  choose,
  type Descriptor,
  DOCUMENT_SIZE_MAX,
  DockerArchive,
  Index,
  isIndex,
  Manifest,
  parseDocument,
} from './documents.ts';

/** An image in layers. */
export interface Layered {
  readonly layers: readonly Extent[];
  readonly config: Config;
}

/** @returns null when it is a root file system. @throws BadTar; BadRoot */
export async function openArchive(path: string, arch: string): Promise<Layered | null> {
  await using file = await open(path);
  const members = new Members(path, file);
  await members.read();
  if (members.has('index.json') && members.has('oci-layout')) return await openLayout(members, arch);
  if (members.has('manifest.json')) return await openDockerSave(members, arch);
  return null;
}

async function openLayout(members: Members, arch: string): Promise<Layered> {
  const { manifests } = parseDocument(Index, await members.text('index.json'), 'index.json');
  let at: Descriptor = choose({ manifests }, arch);
  if (isIndex(at.mediaType)) at = choose(parseDocument(Index, await members.text(blob(at)), 'the index'), arch);
  const { config, layers } = parseDocument(Manifest, await members.text(blob(at)), 'the manifest');
  const parsed = parseDocument(Config, await members.text(blob(config)), 'the config');
  return { layers: layers.map((layer) => members.extent(blob(layer))), config: parsed };
}

async function openDockerSave(members: Members, arch: string): Promise<Layered> {
  const images = parseDocument(DockerArchive, await members.text('manifest.json'), 'manifest.json');
  const [image, ...more] = images;
  if (image === undefined || more.length > 0) {
    const tags = images.flatMap(({ RepoTags }) => RepoTags ?? []).slice(0, 10);
    throw new BadRoot(`it has ${images.length} images (${tags.join(', ')}): save one alone`);
  }
  const config = parseDocument(Config, await members.text(image.Config), 'the config');
  if (config.architecture !== arch) throw new BadRoot(`it is for ${config.architecture}, not for ${arch}`);
  return { layers: image.Layers.map((layer) => members.extent(layer)), config };
}

function blob({ digest }: Descriptor): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** The members of an archive by their paths; links among them are followed, as older `docker save` made some. */
class Members {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #tree = new RootTree();

  constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  async read(): Promise<void> {
    for await (const entry of readTar(this.#file)) this.#tree.add(entry, 0);
  }

  has(name: string): boolean {
    return this.#tree.resolve(name)?.inode.type === 'file';
  }

  extent(name: string): Extent {
    const node = this.#tree.resolve(name);
    if (node?.inode.type !== 'file') throw new BadRoot(`${name} is missing`);
    return { path: this.#path, offset: node.inode.offset, size: node.inode.size };
  }

  async text(name: string): Promise<string> {
    const { offset, size } = this.extent(name);
    if (size > DOCUMENT_SIZE_MAX) throw new BadRoot(`${name} has ${size} bytes, ${DOCUMENT_SIZE_MAX} are allowed`);
    return (await this.#file.read(Buffer.alloc(size), 0, size, offset)).buffer.toString('utf8');
  }
}
