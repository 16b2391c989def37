/** Makes the ext4 image of a layer with lohar laid over it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './program.ts';

const script = join(import.meta.dirname, 'image.sh');

export interface ImageJob {
  /** The tar of the root, and those laid over it. */
  readonly tars: readonly string[];
  /** A root that is to become the image as it is has neither kernel nor anything else to set right. */
  readonly from: 'tier' | 'root';
  readonly label: string;
  readonly sizeMib: number;
  /** Where the root is unpacked; the user namespace's root must reach it. */
  readonly unpackDir: string;
  readonly signal: AbortSignal;
}

/** Holes go through the pipes as holes: the file is sparse again on this side. */
const PIPELINE =
  'set -o pipefail; script=$1 unpack=$2 label=$3 size=$4 from=$5 out=$6; shift 6; cat -- "$@" | mmdebstrap --unshare-helper sh -c "$script" image.sh "$unpack" "$label" "$size" "$from" | tar -x -S --no-same-owner -C "$out"';

/**
 * Leaves `image` in a folder, and of a tier `status` (dpkg's) and `vmlinuz-<version>`.
 * @throws ProgramFailed; BhattiError host.missing-program | operation.cancelled
 */
export async function makeImage(job: ImageJob, folder: string): Promise<void> {
  const inner = [await readFile(script, 'utf8'), job.unpackDir, job.label, `${job.sizeMib}`, job.from];
  await runProgram('bash', ['-c', PIPELINE, 'bash', ...inner, folder, ...job.tars], { signal: job.signal });
}
