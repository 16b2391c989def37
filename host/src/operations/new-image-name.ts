import { BhattiError } from '@bhatti/wire/errors.ts';
import { imageName } from '../core/image-name.ts';
import type { Context } from './context.ts';

/** A name that a new image may have. @throws BhattiError name.invalid | image.exists */
export async function newImageName(context: Context, wanted: string): Promise<string> {
  const name = imageName(wanted);
  if ((await context.images.list()).some((image) => image.name === name))
    throw new BhattiError('image.exists', `cannot make image ${name}: there is one of that name`, {
      remedy: `bhatti image delete ${name}, or choose another name`,
    });
  // Building that tier later would replace it.
  if ((await context.tiers.list()).some((tier) => tier.name === name))
    throw new BhattiError('image.exists', `cannot make image ${name}: a tier has that name`, {
      remedy: `choose another name, such as my-${name}`,
    });
  return name;
}
