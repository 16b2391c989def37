import type { Image } from '../ports/images.ts';
import type { Context } from './context.ts';
import { requireUnused } from './image-users.ts';
import { newImageName } from './new-image-name.ts';

/** @throws BhattiError image.not-found | image.in-use | image.exists | name.invalid */
export async function renameImage(context: Context, from: string, to: string): Promise<Image> {
  const { name, path } = await context.images.find(from);
  const free = await newImageName(context, to);
  await requireUnused(context, name, 'rename');
  await context.engine.forgetImage(path); // its templates are known by the old path
  await context.images.rename(name, free);
  return context.images.find(free);
}
