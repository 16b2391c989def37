/** Reads the manifest beside an image. */
import { BhattiError } from '@bhatti/wire/errors.ts';
import { z } from 'zod';
import type { ImageManifest } from '../ports/images.ts';

/** Largest manifest read; that of the largest tier has 40 KB. */
export const MANIFEST_SIZE_MAX = 4 * 1024 * 1024;

const hex256 = z.string().regex(/^[0-9a-f]{64}$/);
/** No slash: it names a file in the images folder. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+~-]{0,254}$/);
const shape = z.object({ cpus: z.int().positive(), memoryMib: z.int().positive() });
const count = z.int().nonnegative();

// Keys of a newer bhatti are let through: the manifest tells, it commands nothing.
export const manifestSchema: z.ZodType<ImageManifest> = z.object({
  tier: z.string(),
  description: z.string(),
  origin: z.object({ kind: z.enum(['saved', 'imported', 'pulled']), from: z.string() }).exactOptional(),
  arch: z.string(),
  base: z.string().exactOptional(),
  builtAt: z.iso.datetime(),
  run: z
    .object({
      argv: z.array(z.string()),
      env: z.record(z.string(), z.string()),
      user: z.string().exactOptional(),
      workdir: z.string().exactOptional(),
    })
    .exactOptional(),
  recipeHash: hex256.exactOptional(),
  uuid: z.guid(),
  sha256: hex256,
  usedBytes: count,
  sizeBytes: count,
  kernel: z.object({ file: fileName, version: z.string(), sha256: hex256 }),
  lohar: z.object({ version: z.string(), sha256: hex256 }),
  packages: z.record(z.string(), z.string()),
  units: z.array(z.string()),
  rehearsal: z.array(z.string()).exactOptional(),
  minimum: shape,
  defaults: shape,
});

/**
 * @param file named in the error
 * @throws BhattiError image.broken
 */
export function parseManifest(text: string, file: string): ImageManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw broken(file, 'it is no JSON', cause);
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw broken(file, `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is no manifest'}`);
}

const broken = (file: string, why: string, cause?: unknown): BhattiError =>
  new BhattiError('image.broken', `cannot read manifest ${file}: ${why}`, {
    remedy: `build or fetch the image again, or remove ${file} to use the image without it`,
    cause,
  });
