import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Progress } from '../ports/engine.ts';
import type { Received } from '../ports/image-maker.ts';
import type { Image, ImageManifest } from '../ports/images.ts';
import type { Context } from './context.ts';
import { IMAGE_DEFAULT } from './create.ts';
import { newImageName } from './new-image-name.ts';

export interface ImportImageRequest {
  readonly name: string;
  readonly from: string;
  readonly archive: Received;
}

/** @throws BhattiError image.exists | image.invalid | image.make-failed | host.*; then there is no such image */
export async function importImage(
  context: Context,
  request: ImportImageRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<ImageManifest> {
  const name = await newImageName(context, request.name);
  const base = await kernelTier(context);
  return context.imageMaker.import({ ...request, name, base }, progress, signal);
}

/** A tier whose kernel and modules another image boots with. @throws BhattiError image.not-found */
export async function kernelTier(context: Context): Promise<Image> {
  const tiers = (await context.images.list()).filter(({ manifest }) => manifest?.recipeHash !== undefined);
  const found = tiers.find(({ name }) => name === IMAGE_DEFAULT) ?? tiers[0];
  if (found) return found;
  throw new BhattiError('image.not-found', 'cannot give an image a kernel: there is no tier here to take it from', {
    remedy: `bhatti tier build ${IMAGE_DEFAULT}`,
  });
}
