/** What a new server asks its daemon for: a key, doctor's checks, a tier. */
import type { FindingReply, ImageReply, KeyReply, OfferedTierReply, UpdatedTierReply } from '../client/replies.ts';
import { watch } from '../client/watch.ts';
import type { Cli, MachineSetup, SetupStep } from '../context.ts';
import { isInteractive } from '../terminal/ask.ts';
import { mebibytesText } from '../terminal/output.ts';
import { askForTier } from './tier-choice.ts';

/** The key that setup makes. */
export const KEY_NAME = 'admin';
const MIB = 1024 * 1024;

export interface KeyStep extends SetupStep {
  /** The key itself, this once. */
  readonly key?: string;
}

export async function ensureKey(cli: Cli, machine: MachineSetup): Promise<KeyStep> {
  const subject = 'API key';
  const { keys } = await cli.api.json<{ keys: KeyReply[] }>('GET', '/v1/keys');
  if (keys.some(({ name }) => name === KEY_NAME)) return { subject, changed: false, said: `${KEY_NAME} is there` };
  const made = await cli.api.json<KeyReply & { key: string }>('POST', '/v1/keys', { body: { name: KEY_NAME } });
  machine.keyMade();
  return { subject, changed: true, said: `${KEY_NAME}: ${made.key} (not shown again)`, key: made.key };
}

export async function examine(cli: Cli): Promise<readonly FindingReply[]> {
  const { result } = await watch<{ findings: FindingReply[] }>(cli.api, 'GET', '/v1/doctor');
  return result.findings;
}

export async function installedTiers(cli: Cli): Promise<readonly string[]> {
  const { images } = await cli.api.json<{ images: ImageReply[] }>('GET', '/v1/images');
  return images.filter(({ manifest }) => manifest?.recipeHash !== undefined).map(({ name }) => name);
}

/**
 * @param asked by --tier or BHATTI_TIER
 * @throws BhattiError tier.not-found and what an update throws
 */
export async function ensureTier(cli: Cli, asked: string | undefined): Promise<SetupStep> {
  const subject = 'tier';
  const installed = await installedTiers(cli);
  if (asked === undefined ? installed.length > 0 : installed.includes(asked))
    return { subject, changed: false, said: `${asked ?? installed.join(', ')} is installed` };
  const name = asked ?? (await chooseTier(cli));
  const updated = await watch<{ tiers: readonly UpdatedTierReply[] }>(cli.api, 'POST', '/v1/tiers/update', {
    body: { tiers: [name] },
  });
  const used = mebibytesText(Math.ceil((updated.result.tiers[0]?.usedBytes ?? 0) / MIB));
  return { subject, changed: true, said: `${name} installed (${used})` };
}

async function chooseTier(cli: Cli): Promise<string> {
  if (!isInteractive()) return 'minimal';
  const { tiers } = await cli.api.json<{ tiers: OfferedTierReply[] }>('GET', '/v1/tiers/offered');
  return askForTier(tiers);
}
