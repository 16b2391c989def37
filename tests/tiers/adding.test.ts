/** docs/adding-a-tier.md, as it stands there: its tier is put into a folder, built and run. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { buildTier } from '@bhatti/host/builder/build-tier.ts';
import { openLab } from '../cli/lab.ts';
import { settingsFor, withImagesDir } from './build.ts';
import { tierTest } from './tier-test.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The page's blocks by the word behind their three backquotes. */
function blocks(): ReadonlyMap<string, string> {
  const page = readFileSync(join(ROOT, 'docs/adding-a-tier.md'), 'utf8');
  return new Map([...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, kind = '', text = '']) => [kind, text]));
}

function tierFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-tiers-'));
  for (const name of ['minimal', 'keys']) symlinkSync(join(ROOT, 'tiers', name), join(folder, name));
  const files = {
    'recipe.yaml': 'yaml',
    'files/etc/systemd/system/hello.service': 'ini',
    'smoke.ts': 'ts',
  };
  for (const [path, kind] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'node', path)), { recursive: true });
    writeFileSync(join(folder, 'node', path), blocks().get(kind) ?? '');
  }
  return folder;
}

test('a folder with a recipe is a tier: listed, built, booted and proved', async (t) => {
  const tiersDir = tierFolder();
  t.after(() => rmSync(tiersDir, { recursive: true }));
  await withImagesDir(async (imagesDir) => {
    const manifest = await buildTier('node', { ...settingsFor(imagesDir), tiersDir });
    assert.deepEqual([manifest.base, manifest.units], ['minimal', ['hello.service']]);
    const lab = openLab({ BHATTI_IMAGES_DIR: imagesDir, BHATTI_TIERS_DIR: tiersDir });
    try {
      assert.match(await lab.ok('tier', 'list'), /^node +yes +minimal +Node 22 with a server on port 3000$/m);
      assert.match(await tierTest(lab, 'node'), /^tier\/node works/m);
    } finally {
      await lab.close();
    }
  });
});
