/** Where tiers come from that others have built. */
import type { Progress } from './engine.ts';
import type { ImageManifest } from './images.ts';

export interface ReleasedTier {
  readonly name: string;
  /** Digest of the image's content, as in its manifest. */
  readonly sha256: string;
  readonly description: string;
  /** What its files take. */
  readonly usedBytes: number;
  /** To be fetched: image and kernel. */
  readonly bytes: number;
}

export interface Releases {
  /** @returns what the source has; null when none is set. @throws BhattiError release.* */
  offered(signal: AbortSignal): Promise<readonly ReleasedTier[] | null>;
  /** Fetches, verifies, then shows it to the catalog. @throws BhattiError release.* | host.disk-full | operation.cancelled */
  install(name: string, progress: Progress, signal: AbortSignal): Promise<ImageManifest>;
}
