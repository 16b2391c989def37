/** What can be booted. The catalog reads the images folder at every call: dropping a file there installs it. */
import type { Bytes, Mebibytes } from '@bhatti/wire/units.ts';

export interface Image {
  /** 'minimal' of rootfs-minimal-amd64.ext4. */
  readonly name: string;
  readonly arch: 'amd64' | 'arm64';
  readonly path: string;
  readonly kernel: string;
  /** Virtual size of the file. */
  readonly sizeMib: Mebibytes;
  /** Bytes the file occupies on the host's disk. */
  readonly allocated: Bytes;
  readonly modifiedMs: number;
  /** Absent for a file that was dropped in without one. */
  readonly manifest?: ImageManifest;
}

/** What a container's image says about its program. */
export interface ImageRun {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
}

export interface ImageOrigin {
  readonly kind: 'saved' | 'imported' | 'pulled';
  /** The sandbox, file or reference. */
  readonly from: string;
}

/** What lies beside an image as rootfs-<name>-<arch>.json. */
export interface ImageManifest {
  /** The name it was made under. */
  readonly tier: string;
  readonly description: string;
  /** How an image that is no tier came to be. */
  readonly origin?: ImageOrigin;
  /** Of an image that was one of containers. */
  readonly run?: ImageRun;
  readonly arch: string;
  /** The tier it was built on; absent for a bootstrap. */
  readonly base?: string;
  readonly builtAt: string;
  /** Covers the recipe, its files and keys and the layers below; absent where there was no recipe. */
  readonly recipeHash?: string;
  /** The file system's: a manifest whose uuid is not its image's belongs to another image and is not read. */
  readonly uuid: string;
  /** Digest of the content (images/image-digest.ts); hex. */
  readonly sha256: string;
  /** What the files take, as df(1) counts. */
  readonly usedBytes: number;
  readonly sizeBytes: number;
  readonly kernel: { readonly file: string; readonly version: string; readonly sha256: string };
  readonly lohar: { readonly version: string; readonly sha256: string };
  readonly packages: Readonly<Record<string, string>>;
  /** Units the tier itself brings and enables. */
  readonly units: readonly string[];
  /** Command lines that its sandboxes are likely to be asked for first. */
  readonly rehearsal?: readonly string[];
  /** Below it `create` warns. */
  readonly minimum: { readonly cpus: number; readonly memoryMib: number };
  readonly defaults: { readonly cpus: number; readonly memoryMib: number };
}

export interface Images {
  /** Whole images only, sorted by name; what is wrong with another, `find` says. */
  list(): Promise<readonly Image[]>;
  /** @throws BhattiError image.not-found | image.broken (truncated, no ext4, no kernel) */
  find(name: string): Promise<Image>;
  /** Takes it out of the folder; what runs of it keeps it. @throws BhattiError image.not-found */
  remove(name: string): Promise<void>;
  /** `to` must be free. @throws BhattiError image.not-found */
  rename(name: string, to: string): Promise<void>;
}
