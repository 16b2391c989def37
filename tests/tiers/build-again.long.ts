/** Builds of one tier again and at once: the same packages, whole images, nothing changed under a reader. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { type BuildSettings, buildTier } from '@bhatti/host/builder/build-tier.ts';
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import { leftovers, settingsFor, withImagesDir } from './build.ts';

test('two builds at once: the second waits, both make whole images, none is seen before it is whole', () =>
  withImagesDir(async (imagesDir) => {
    const catalog = new ImageCatalog(imagesDir, 'amd64');
    const said: string[] = [];
    const build = async (progress: BuildSettings['progress']) => {
      const manifest = await buildTier('minimal', { ...settingsFor(imagesDir), progress });
      assert.equal((await catalog.find('minimal')).manifest?.uuid, manifest.uuid);
      return manifest;
    };
    const early: number[] = [];
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const first = build({
      step: async (label) => {
        if (!label.startsWith('waiting')) begin();
        early.push((await catalog.list()).length);
      },
    });
    await begun;
    const second = build({ step: (label) => said.push(label) });
    const [one, two] = await Promise.all([first, second]);
    assert.notEqual(one.uuid, two.uuid);
    assert.ok(said.includes('waiting for another build to end'), said.join());
    assert.deepEqual(new Set(early), new Set([0]));
    assert.deepEqual(leftovers(imagesDir), []);
  }));

test('the same recipe twice gives the same packages', () =>
  withImagesDir(async (imagesDir) => {
    const first = await buildTier('minimal', { ...settingsFor(imagesDir), refresh: true });
    const second = await buildTier('minimal', { ...settingsFor(imagesDir), refresh: true });
    assert.deepEqual(second.packages, first.packages);
    assert.equal(second.recipeHash, first.recipeHash);
    assert.equal(second.usedBytes > 0, true);
  }));

test('an image in use is replaced, not changed', () =>
  withImagesDir(async (imagesDir) => {
    await buildTier('minimal', settingsFor(imagesDir));
    const image = join(imagesDir, 'rootfs-minimal-amd64.ext4');
    const before = statSync(image);
    await buildTier('minimal', settingsFor(imagesDir));
    assert.notEqual(statSync(image).ino, before.ino);
    assert.equal(before.mode & 0o777, 0o444);
  }));
