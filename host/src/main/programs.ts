/** The programs that are ours and not Node's: built beside the source, see tools/lohar/. */
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../..');

/** Architecture of the sandboxes: the host's, in Debian's words. */
export const ARCH: 'amd64' | 'arm64' = process.arch === 'arm64' ? 'arm64' : 'amd64';

const built = (name: string): string => join(ROOT, 'build', ARCH, name);

export const loharPath = (): string => built('lohar');
export const keeperPath = (): string => built('keeper');

/** One folder a tier: recipe, files, smoke test. A site may have its own. */
export const TIERS_DIR: string = process.env.BHATTI_TIERS_DIR || join(ROOT, 'tiers');
