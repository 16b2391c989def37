import assert from 'node:assert/strict';
import test from 'node:test';
import type { Image, ImageManifest } from '../ports/images.ts';
import type { Context } from './context.ts';
import { updateTiers } from './update-tiers.ts';

const manifest = (tier: string, sha256: string): ImageManifest =>
  ({ tier, sha256, recipeHash: 'r', usedBytes: 1 }) as ImageManifest;

/** A machine with tiers old and same and an image of the user's own; what it does is written down. */
function machine(offered: Readonly<Record<string, string>> | null): { context: Context; did: string[] } {
  const did: string[] = [];
  const own = { ...manifest('mine', 'm'), recipeHash: undefined };
  const images = [manifest('old', '1'), manifest('same', '2'), own];
  const context = {
    images: { list: async () => images.map((one) => ({ name: one.tier, manifest: one }) as Image) },
    tiers: {
      list: async () => [{ name: 'old' }, { name: 'new' }],
      build: async (name: string, { refresh }: { refresh: boolean }) => {
        did.push(`build ${name}${refresh ? ' anew' : ''}`);
        return manifest(name, '3');
      },
    },
    releases: {
      offered: async () => offered && Object.entries(offered).map(([name, sha256]) => ({ name, sha256, bytes: 1 })),
      install: async (name: string) => {
        did.push(`install ${name}`);
        return manifest(name, '3');
      },
    },
  } as unknown as Context;
  return { context, did };
}

const SOURCE = { old: '3', same: '2', new: '4' };
type Row = [
  name: string,
  offered: Readonly<Record<string, string>> | null,
  asked: string[] | 'all' | undefined,
  did: string[],
  how: string[],
];
const rows: Row[] = [
  ['installed tiers only', SOURCE, undefined, ['install old'], ['old installed', 'same current']],
  [
    'all of the source',
    SOURCE,
    'all',
    ['install old', 'install new'],
    ['old installed', 'same current', 'new installed'],
  ],
  ['the named', SOURCE, ['new'], ['install new'], ['new installed']],
  ['what the source lacks stays', { same: '2' }, undefined, [], ['old not-offered', 'same current']],
  ['without a source, built', null, 'all', ['build old anew', 'build new'], ['old built', 'new built']],
];
for (const [name, offered, asked, did, how] of rows)
  test(`update: ${name}`, async () => {
    const at = machine(offered);
    const done = await updateTiers(at.context, asked, { step: () => {} }, new AbortController().signal);
    assert.deepEqual([at.did, done.map((one) => `${one.name} ${one.how}`)], [did, how]);
  });

test('an unknown name is refused before anything is made', async () => {
  const { context, did } = machine(SOURCE);
  const update = updateTiers(context, ['new', 'nope'], { step: () => {} }, new AbortController().signal);
  await assert.rejects(update, /cannot find tier "nope": there are old, same, new/);
  assert.deepEqual(did, []);
});
