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

export interface ImageManifest {
  readonly tier: string;
  readonly arch: string;
  readonly builtAt: string;
  readonly recipeHash: string;
  readonly sha256: string;
  readonly usedBytes: number;
  readonly sizeBytes: number;
  readonly kernel: { readonly file: string; readonly version: string; readonly sha256: string };
  readonly lohar: { readonly version: string; readonly sha256: string };
  readonly packages: Readonly<Record<string, string>>;
  readonly defaults: { readonly cpus: number; readonly memoryMib: number };
}

export interface Images {
  list(): Promise<readonly Image[]>;
  /** @throws BhattiError image.not-found | image.broken (truncated, no ext4, no kernel) */
  find(name: string): Promise<Image>;
}
