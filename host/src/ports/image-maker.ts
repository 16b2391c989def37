/** Makes images that are no tiers: of sandboxes, of archives, of what a registry has. */
import type { Progress } from './engine.ts';
import type { Image, ImageManifest } from './images.ts';

export interface SavedRoot {
  readonly name: string;
  /** The sandbox it is of. */
  readonly from: string;
  /** What the sandbox was made of: kernel and sizes come from there. */
  readonly base: Image;
  /** Host keys, passwords and logs of the sandbox stay in it. */
  readonly keepIdentity: boolean;
  /** Its root as a tar stream. */
  readonly root: AsyncIterable<Uint8Array>;
}

export interface ImportedImage {
  readonly name: string;
  /** Where it is from, for the manifest. */
  readonly from: string;
  /** A tier: its kernel boots the image. */
  readonly base: Image;
  /** What `receive` gave. */
  readonly archive: Received;
}

/** An archive that was taken in, on this host's disk. */
export interface Received extends AsyncDisposable {
  readonly path: string;
}

export interface PulledImage {
  readonly name: string;
  /** HOST/REPOSITORY:TAG */
  readonly reference: string;
  readonly base: Image;
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
}

export interface ImageMaker {
  /** Of a registry; what was fetched before goes on. @throws as save(); BhattiError registry.* | image.not-found */
  pull(order: PulledImage, progress: Progress, signal: AbortSignal): Promise<ImageManifest>;
  /** Takes an archive in. @throws BhattiError host.disk-full | operation.cancelled */
  receive(content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Received>;
  /** Of `docker save`, an OCI layout or the tar of a root. @throws as save() */
  import(order: ImportedImage, progress: Progress, signal: AbortSignal): Promise<ImageManifest>;
  /** @throws BhattiError image.invalid | image.make-failed | host.* | operation.cancelled; then no image is half-made */
  save(root: SavedRoot, progress: Progress, signal: AbortSignal): Promise<ImageManifest>;
}
