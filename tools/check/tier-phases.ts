/** Builds the images that the VM tests boot, without a daemon: tests must not touch what the user's own daemon has. */
import { join } from 'node:path';
import { duration } from '../terminal/step.mjs';
import { TierStamp } from '../tier/stamp.ts';
import { PASSED, type Phase, type Run, skippedBecause } from './phase.ts';
import { program } from './program.ts';

/** Where the VM tests find the images. */
export const imagesFolder = 'build/images';

/** From nothing, downloads included, and until its template has been tested; docs/tiers.md has what was measured. */
const BUILD_AND_BOOT_MS = 4 * 60_000;

const stampOf = (run: Run, tier: string): TierStamp =>
  new TierStamp(run.root, tier, join(run.root, imagesFolder, `rootfs-${tier}-amd64.ext4`));

async function build(run: Run, tier: string, note: (text: string) => void): Promise<void> {
  const words = [process.execPath, 'host/src/builder/build-from-shell.ts', tier, '--images', imagesFolder];
  await program(run, `tier:${tier}`, words, { note });
  stampOf(run, tier).keep();
}

export function minimalPhase(): Phase {
  return {
    name: 'tier',
    title: 'tier minimal',
    needs: ['lohar'],
    shares: true,
    run: async (run, note) => {
      if (!stampOf(run, 'minimal').isCurrent()) await build(run, 'minimal', note);
      return PASSED;
    },
  };
}

/**
 * Every tier but minimal, as far as the run has time: an image that is there is used, one that is not is built when that
 * can end in time, and skipped with that reason when it cannot.
 */
export function largeTierPhases(files: readonly string[]): Phase[] {
  const tiers = files.flatMap((path) => /^tiers\/([^/]+)\/recipe\.yaml$/.exec(path)?.[1] ?? []);
  return tiers
    .filter((tier) => tier !== 'minimal')
    .map((tier) => ({
      name: `tier:${tier}`,
      title: `tier ${tier}`,
      needs: ['lohar', 'tier'],
      run: async (run, note) => {
        if (stampOf(run, tier).isCurrent()) return PASSED;
        const reason = tooLate(run.endsAtMs - performance.now());
        if (reason !== undefined) return skippedBecause(`tier ${tier}: ${reason}`);
        await build(run, tier, note);
        return PASSED;
      },
    }));
}

/** @returns why a large tier is not built when so much of the run's time is left, if it is not */
export function tooLate(leftMs: number): string | undefined {
  if (leftMs >= BUILD_AND_BOOT_MS) return undefined;
  const [left, needed] = [leftMs, BUILD_AND_BOOT_MS].map(duration);
  return `its image is not there, and of the time of this run ${left} are left: to build and boot it takes up to ${needed}`;
}
