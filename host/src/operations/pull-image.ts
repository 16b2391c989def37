import { BhattiError } from '@bhatti/wire/errors.ts';
import { imageName } from '../core/image-name.ts';
import type { Progress } from '../ports/engine.ts';
import type { ImageManifest } from '../ports/images.ts';
import type { Context } from './context.ts';
import { kernelTier } from './import-image.ts';
import { newImageName } from './new-image-name.ts';

export interface PullImageRequest {
  readonly reference: string;
  readonly name?: string | undefined;
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
}

/** @throws BhattiError registry.* | image.* | host.*; then there is no such image */
export async function pullImage(
  context: Context,
  request: PullImageRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<ImageManifest> {
  const { reference, credentials } = request;
  const name = await newImageName(context, request.name ?? lastPart(reference));
  const base = await kernelTier(context);
  return context.imageMaker.pull({ name, reference, base, credentials }, progress, signal);
}

/** 'app' of registry.example/team/app:1.2@sha256:... */
function lastPart(reference: string): string {
  const part = /([^/:@]+)(?::[^/@]*)?(?:@[^/]*)?$/.exec(reference)?.[1];
  if (part !== undefined) return imageName(part);
  throw new BhattiError('request.invalid', `cannot name an image after ${JSON.stringify(reference.slice(0, 80))}`, {
    remedy: 'write the reference as HOST/REPOSITORY:TAG, or give --name',
  });
}
