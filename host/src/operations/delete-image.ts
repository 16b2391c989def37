import type { Image } from '../ports/images.ts';
import type { Context } from './context.ts';
import { requireUnused } from './image-users.ts';

/** @returns what is gone. @throws BhattiError image.not-found | image.in-use | image.broken */
export async function deleteImage(context: Context, name: string): Promise<Image> {
  const image = await context.images.find(name);
  await requireUnused(context, image.name, 'delete');
  await context.engine.forgetImage(image.path);
  await context.images.remove(image.name);
  return image;
}
