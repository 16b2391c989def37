/**
 * The JSON documents of an image, as image-spec (opencontainers.org) and `docker save` have them. What bhatti does not
 * read passes; what it reads is bounded.
 */
import { z } from 'zod';
import { BadRoot } from '../root/root-tree.ts';

/** As registries do (distribution's limit of a manifest). */
export const DOCUMENT_SIZE_MAX = 4 * 1024 * 1024;
const LAYERS_MAX = 512;
const MANIFESTS_MAX = 1024;

export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'no sha256 digest');
const text = z.string().max(64 * 1024);

const Descriptor = z.object({ mediaType: text.optional(), digest, size: z.int().nonnegative() });
export type Descriptor = z.infer<typeof Descriptor>;

export const Index = z.object({
  manifests: z
    .array(
      Descriptor.extend({
        platform: z.object({ architecture: text, os: text, variant: text.optional() }).optional(),
        annotations: z.record(text, text).nullish(),
      }),
    )
    .max(MANIFESTS_MAX),
});
export const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor).max(LAYERS_MAX) });
export type Manifest = z.infer<typeof Manifest>;

/** manifest.json of `docker save`. */
export const DockerArchive = z
  .array(z.object({ Config: text, RepoTags: z.array(text).nullish(), Layers: z.array(text).max(LAYERS_MAX) }))
  .min(1)
  .max(MANIFESTS_MAX);

const words = z.array(text).max(4096).nullish();
export const Config = z.object({
  architecture: text,
  os: text.optional(),
  config: z
    .object({ Env: words, Entrypoint: words, Cmd: words, User: text.nullish(), WorkingDir: text.nullish() })
    .nullish(),
  rootfs: z.object({ diff_ids: z.array(digest).max(LAYERS_MAX) }),
});
export type Config = z.infer<typeof Config>;

/** @param what names the document in the error. @throws BadRoot */
export function parseDocument<T>(schema: z.ZodType<T>, json: string, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new BadRoot(`${what} is no JSON`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BadRoot(`${what}: ${issue?.path.join('.') || 'it'}: ${issue?.message}`);
}

type Platform = NonNullable<z.infer<typeof Index>['manifests'][number]['platform']>;

/** The manifest of an index for this machine's Linux; an index without platforms has one. @throws BadRoot */
export function choose(index: z.infer<typeof Index>, arch: string): Descriptor {
  const images = index.manifests.filter((one) => one.annotations?.['vnd.docker.reference.type'] === undefined);
  const fits = (platform: Platform | undefined): boolean =>
    platform === undefined || (platform.architecture === arch && platform.os === 'linux');
  const found = images.find((one) => fits(one.platform));
  if (found) return found;
  const there = images.map(({ platform }) => `${platform?.os}/${platform?.architecture}`);
  throw new BadRoot(`it has no image for linux/${arch}${there.length > 0 ? `, only for ${there.join(', ')}` : ''}`);
}

export const isIndex = (mediaType: string | undefined): boolean =>
  mediaType !== undefined && /image\.index|manifest\.list/.test(mediaType);
