/** An update under sandboxes: they keep the image and the kernel they were made of, and new ones get the new image. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileSha256 } from '@bhatti/host/images/file-sha256.ts';
import { imageDigest } from '@bhatti/host/images/image-digest.ts';
import { openLab } from '../cli/lab.ts';
import { openImageLab } from './image-lab.ts';

const KERNEL = 'vmlinux-next';
/** An ELF header says what a file is; the rest of a kernel that is gone boots nowhere. */
const HEADER_SIZE = 4096;

/** Makes the tier of an images folder another: one more file, another kernel. */
async function change(imagesDir: string, image: string): Promise<void> {
  const note = join(imagesDir, 'note');
  writeFileSync(note, 'second');
  const PATH = `${process.env.PATH}:/usr/sbin`;
  execFileSync('cp', ['--sparse=always', image, `${image}.next`]);
  execFileSync('chmod', ['u+w', `${image}.next`]);
  execFileSync('debugfs', ['-w', '-R', `write ${note} /etc/note`, `${image}.next`], { env: { PATH }, stdio: 'ignore' });
  execFileSync('mv', ['-f', `${image}.next`, image]);
  const path = image.replace(/ext4$/, 'json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const kernel = join(imagesDir, KERNEL);
  copyFileSync(join(imagesDir, manifest.kernel.file), kernel);
  appendFileSync(kernel, '\n');
  rmSync(path); // a link to another checkout's
  writeFileSync(
    path,
    JSON.stringify({
      ...manifest,
      sha256: await imageDigest(image, new AbortController().signal),
      kernel: { ...manifest.kernel, file: KERNEL, sha256: await fileSha256(kernel) },
    }),
  );
}

test('sandboxes keep their image and kernel over an update, stopped or running', async (t) => {
  const release = mkdtempSync(join(tmpdir(), 'bh-release-'));
  const publisher = openImageLab();
  await publisher.ok('tier', 'publish', release);
  const imagesDir = join(release, 'installed');
  mkdirSync(imagesDir);
  const lab = openLab({
    BHATTI_IMAGES_DIR: imagesDir,
    BHATTI_RELEASE: release,
    BHATTI_CACHE_DIR: join(release, 'cache'),
  });
  t.after(async () => {
    await lab.close();
    await publisher.close();
    rmSync(release, { recursive: true });
  });
  await lab.ok('update', '--tiers', 'minimal');
  await lab.ok('create', 'old');
  const note = (name: string): Promise<string> => lab.ok('exec', name, '--', 'sh', '-c', 'cat /etc/note || echo none');

  await change(publisher.imagesDir, publisher.imagePath('minimal'));
  await publisher.ok('tier', 'publish', release);
  assert.match(await lab.ok('update'), /^tier\/minimal installed/m);
  await lab.ok('create', 'new');
  assert.deepEqual([await note('new'), await note('old')], ['second', 'none\n']);

  const kernel = join(imagesDir, KERNEL);
  const header = readFileSync(kernel).subarray(0, HEADER_SIZE);
  rmSync(kernel);
  writeFileSync(kernel, header);
  await lab.ok('stop', 'old', '--poweroff');
  await lab.ok('start', 'old');
  assert.equal(await note('old'), 'none\n');
});
