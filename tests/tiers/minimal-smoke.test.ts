/** The tier that npm test has anyway proves itself; the large ones do in npm run test:tiers. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { openLab } from '../cli/lab.ts';
import { IMAGES_DIR, tierTest } from './tier-test.ts';

test('bhatti tier test minimal: from its template, every step is well', async () => {
  const lab = openLab({ BHATTI_IMAGES_DIR: IMAGES_DIR });
  try {
    const said = await tierTest(lab, 'minimal');
    assert.match(said, /forked in/);
    assert.match(said, /^tier\/minimal works/m);
  } finally {
    await lab.close();
  }
});
