/** Builds a tier for tests, and runs `bhatti tier test` on it as a user would. */
import { once } from 'node:events';
import { join } from 'node:path';
import { buildTier } from '@bhatti/host/builder/build-tier.ts';
import { TierStamp } from '../../tools/tier/stamp.ts';
import type { Lab } from '../cli/lab.ts';
import { settingsFor } from './build.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Where npm test, too, has its images. */
export const IMAGES_DIR: string = join(ROOT, 'build/images');

const stampOf = (name: string): TierStamp => new TierStamp(ROOT, name, join(IMAGES_DIR, `rootfs-${name}-amd64.ext4`));

/** True when its image is there, built of what the checkout has now. */
export const hasTier = (name: string): boolean => stampOf(name).isCurrent();

/** Seconds when what it is made of has not changed. */
export async function haveTier(name: string): Promise<void> {
  if (hasTier(name)) return;
  await buildTier(name, settingsFor(IMAGES_DIR));
  stampOf(name).keep();
}

export const tierTest = (lab: Lab, name: string): Promise<string> => patient(lab, 'tier', 'test', name);

/**
 * One command of the CLI with no limit but the test's own: a desktop under emulation takes minutes.
 * @throws Error with all it said when it fails
 */
export async function patient(lab: Lab, ...args: string[]): Promise<string> {
  const child = lab.begin(args);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`bhatti ${args.join(' ')} ended with ${code}:\n${said}`);
  return said;
}
