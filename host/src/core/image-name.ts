import { BhattiError } from '@bhatti/wire/errors.ts';
import { shown } from './name.ts';

/** It is part of a file's name: rootfs-<name>-<arch>.ext4. */
const IMAGE_NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** @throws BhattiError name.invalid */
export function imageName(name: string): string {
  if (IMAGE_NAME.test(name)) return name;
  throw new BhattiError('name.invalid', `cannot name an image ${shown(name)}: only a-z, 0-9, dots, dashes and _`, {
    remedy: 'choose a name of at most 63 characters such as my-image',
  });
}
