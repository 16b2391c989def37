/** What every step of a build is given. */
import type { Progress } from '../../host/src/ports/engine.ts';

export interface Work {
  /** Where toolchain and engine are kept; never in the checkout. */
  readonly cacheDir: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}
