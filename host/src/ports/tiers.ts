/** The tiers that can be built here. */
import type { Progress } from './engine.ts';
import type { ImageManifest } from './images.ts';

export interface TierSummary {
  readonly name: string;
  readonly description: string;
  /** What its files take at most. */
  readonly usedMibMax: number;
  /** The tier it is built on. */
  readonly base?: string;
}

export interface Tiers {
  list(): Promise<readonly TierSummary[]>;
  /** @throws BhattiError tier.* | recipe.invalid | host.* | operation.cancelled; then no image is half-made */
  build(
    name: string,
    also: { readonly refresh: boolean },
    progress: Progress,
    signal: AbortSignal,
  ): Promise<ImageManifest>;
}
