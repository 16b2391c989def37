import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { TierStamp } from './stamp.ts';

function checkout(t: TestContext): { root: string; put(path: string, text: string): void } {
  const root = mkdtempSync(join(tmpdir(), 'bhatti-stamp-'));
  t.after(() => rmSync(root, { recursive: true }));
  execFileSync('git', ['init', '-q', root]);
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put('.gitignore', 'build/\n');
  put('tiers/minimal/recipe.yaml', 'packages: []');
  put('build/amd64/lohar', 'ELF');
  put('build/image.ext4', 'ext4');
  return { root, put };
}

const changes: [name: string, path: string | null, current: boolean][] = [
  ['nothing changed', null, true],
  ['the recipe changed', 'tiers/minimal/recipe.yaml', false],
  ['lohar changed', 'build/amd64/lohar', false],
  ['the builder changed', 'host/src/builder/image.ts', false],
  ['another tier changed', 'tiers/docker/recipe.yaml', true],
];
for (const [name, path, current] of changes)
  test(`${name}: the image is ${current ? '' : 'not '}current`, (t) => {
    const { root, put } = checkout(t);
    const image = join(root, 'build/image.ext4');
    new TierStamp(root, 'minimal', image).keep();
    if (path !== null) put(path, 'changed');
    assert.equal(new TierStamp(root, 'minimal', image).isCurrent(), current);
  });

test('an image that somebody else replaced is not current', (t) => {
  const { root } = checkout(t);
  const image = join(root, 'build/image.ext4');
  new TierStamp(root, 'minimal', image).keep();
  utimesSync(image, 1, 1);
  assert.equal(new TierStamp(root, 'minimal', image).isCurrent(), false);
});

test('an image that was never built is not current', (t) => {
  const { root } = checkout(t);
  assert.equal(new TierStamp(root, 'minimal', join(root, 'build/none.ext4')).isCurrent(), false);
});
