/** Makes the ext4 image of a layer with lohar laid over it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './program.ts';

const script = join(import.meta.dirname, 'image.sh');

export interface ImageJob {
  /** The tar of the root ... */
  readonly layer: string;
  /** ... and the one laid over it. */
  readonly lohar: string;
  readonly label: string;
  readonly sizeMib: number;
  /** Where the root is unpacked; the user namespace's root must reach it. */
  readonly unpackDir: string;
  readonly signal: AbortSignal;
}

/** Holes go through the pipes as holes: the file is sparse again on this side. */
const PIPELINE =
  'set -o pipefail; cat -- "$1" "$2" | mmdebstrap --unshare-helper sh -c "$3" image.sh "$4" "$5" "$6" | tar -x -S --no-same-owner -C "$7"';

/**
 * Leaves `image`, `status` (dpkg's) and `vmlinuz-<version>` in a folder.
 * @throws ProgramFailed; BhattiError host.missing-program | operation.cancelled
 */
export async function makeImage(job: ImageJob, folder: string): Promise<void> {
  const inner = [await readFile(script, 'utf8'), job.unpackDir, job.label, `${job.sizeMib}`];
  await runProgram('bash', ['-c', PIPELINE, 'bash', job.layer, job.lohar, ...inner, folder], { signal: job.signal });
}
