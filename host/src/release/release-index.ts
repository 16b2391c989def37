/** index.json of a release: what a source has, and how each file is known again. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { z } from 'zod';
import { manifestSchema } from '../images/manifest.ts';

export const INDEX_FILE = 'index.json';
export const SIGNATURE_FILE = `${INDEX_FILE}.minisig`;
/** A release of a hundred tiers has 4 MB. */
export const INDEX_SIZE_MAX = 16 * 1024 * 1024;
const IMAGE_SIZE_MAX = 2 ** 40;
const KERNEL_SIZE_MAX = 2 ** 30;

/** The largest image with a hole as small as a packer leaves (HOLE_LEAST) behind each piece. */
const PIECES_MAX = 2 ** 17;
const offset = z.int().nonnegative().max(IMAGE_SIZE_MAX);
const length = z.int().positive().max(IMAGE_SIZE_MAX);

/** Where something lies in the unpacked file, and the frames that it is in the packed one. */
const piece = z.object({ at: offset, bytes: length, packedAt: offset, packedBytes: length });
const releasedFile = z.object({
  /** No slash: it lies beside the index. */
  file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+~-]{0,254}$/),
  bytes: z.int().positive().max(IMAGE_SIZE_MAX),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** What is not zeros, in order. */
  pieces: z.array(piece).max(PIECES_MAX),
});
const releasedImage = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/),
  arch: z.enum(['amd64', 'arm64']),
  /** Both are frames of zstd. */
  image: releasedFile,
  kernel: releasedFile,
  /** Unpacked. */
  kernelBytes: z.int().positive().max(KERNEL_SIZE_MAX),
  manifest: manifestSchema.refine(({ sizeBytes }) => sizeBytes <= IMAGE_SIZE_MAX, 'too large an image'),
});
const indexSchema = z.object({ version: z.literal(2), images: z.array(releasedImage).max(1000) });

export type Piece = z.infer<typeof piece>;
export type ReleasedFile = z.infer<typeof releasedFile>;
export type ReleasedImage = z.infer<typeof releasedImage>;
export type ReleaseIndex = z.infer<typeof indexSchema>;

/** @throws BhattiError release.invalid */
export function parseIndex(text: string, source: string): ReleaseIndex {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(source, 'it is no JSON', cause);
  }
  const parsed = indexSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(source, `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is no index'}`);
}

const invalid = (source: string, why: string, cause?: unknown): BhattiError =>
  new BhattiError('release.invalid', `cannot read ${INDEX_FILE} of ${source}: ${why}`, {
    remedy: 'publish it anew: bhatti tier publish DIR',
    cause,
  });
