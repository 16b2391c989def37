/** What the machine under the daemon has. */
import type { HostFacts } from '../core/sizes.ts';

export interface Host {
  facts(): Promise<HostFacts>;
}
