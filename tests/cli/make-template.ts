/** Makes the template that the tests share, unless there is one of the image that is built. */
import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { thisUser } from '@bhatti/host/main/data-directory.ts';
import { mergeSettings } from '@bhatti/host/main/settings.ts';
import { untilFound } from '../until.ts';
import { openLab } from './lab.ts';
import { keptTemplate, linkTemplate, SHARED_TEMPLATE } from './link-template.ts';

const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino;

const { imagesDir } = mergeSettings({}, thisUser(), {});
const image = join(imagesDir, 'rootfs-minimal-amd64.ext4');
if (inodeOf(join(SHARED_TEMPLATE, 'image')) !== inodeOf(image)) {
  rmSync(SHARED_TEMPLATE, { recursive: true, force: true });
  const lab = openLab();
  try {
    await lab.ok('create', 'dev');
    const made = await untilFound('its template is on disk', async () => keptTemplate(lab.dataDir));
    rmSync(`${SHARED_TEMPLATE}.new`, { recursive: true, force: true });
    linkTemplate(made, `${SHARED_TEMPLATE}.new`);
    renameSync(`${SHARED_TEMPLATE}.new`, SHARED_TEMPLATE);
  } finally {
    await lab.close();
  }
}
