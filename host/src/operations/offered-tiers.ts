/** The tiers that this machine can have, from where `update-tiers` would take them. */
import type { Context } from './context.ts';

export interface OfferedTier {
  readonly name: string;
  readonly description: string;
  /** What its files take: of a build, what they take at most. */
  readonly usedMib: number;
  readonly installed: boolean;
}

const MIB = 1024 * 1024;

/** @throws BhattiError release.* when there is a release source and it cannot be read */
export async function offeredTiers(context: Context, signal: AbortSignal): Promise<readonly OfferedTier[]> {
  const installed = new Set((await context.images.list()).map(({ name }) => name));
  const released = await context.releases.offered(signal);
  const offered =
    released?.map(({ name, description, usedBytes }) => ({ name, description, usedMib: Math.ceil(usedBytes / MIB) })) ??
    (await context.tiers.list()).map(({ name, description, usedMibMax }) => ({
      name,
      description,
      usedMib: usedMibMax,
    }));
  return offered.map((tier) => ({ ...tier, installed: installed.has(tier.name) }));
}
