import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { listTiers, loadChain } from './tiers.ts';

const sizes = `minimum: { cpus: 1, memoryMib: 256 }
comfortable: { cpus: 1, memoryMib: 512 }
diskMib: 1024
usedMibMax: 200
`;
const root = `description: the base
bootstrap:
  suite: noble
  components: [main]
  keyring: keys/archive.gpg
files:
  - path: /etc/motd
${sizes}`;
const upper = (base: string) => `description: a tier\nbase: ${base}\n${sizes}`;
const good = {
  'minimal/recipe.yaml': root,
  'minimal/files/etc/motd': 'hello',
  'keys/archive.gpg': 'key',
  'node/recipe.yaml': upper('minimal'),
};

async function withTiers(files: Readonly<Record<string, string>>, run: (folder: string) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-tiers-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a folder with a recipe is a tier; keys are none', () =>
  withTiers(good, async (folder) => {
    assert.deepEqual(await listTiers(folder), ['minimal', 'node']);
  }));

test('a tier stands on the layers of its bases', () =>
  withTiers(good, async (folder) => {
    const chain = await loadChain(folder, 'node');
    assert.deepEqual(
      chain.map((tier) => tier.name),
      ['minimal', 'node'],
    );
    assert.deepEqual(chain[0]?.keyrings, [join(folder, 'keys/archive.gpg')]);
    assert.equal(chain[0]?.files[0]?.from, join(folder, 'minimal/files/etc/motd'));
  }));

const hashes = async (change: Readonly<Record<string, string>>) => {
  let found: readonly string[] = [];
  await withTiers({ ...good, ...change }, async (folder) => {
    found = (await loadChain(folder, 'node')).map((tier) => tier.hash);
  });
  return found;
};
const changes: [name: string, change: Readonly<Record<string, string>>, changed: [boolean, boolean]][] = [
  ['nothing', {}, [false, false]],
  ['a comment', { 'node/recipe.yaml': `# why\n${upper('minimal')}` }, [false, false]],
  ['the content of a file', { 'minimal/files/etc/motd': 'bye' }, [true, true]],
  ['a key', { 'keys/archive.gpg': 'other' }, [true, true]],
  ['the upper recipe', { 'node/recipe.yaml': `${upper('minimal')}packages: [jq]\n` }, [false, true]],
];
for (const [name, change, changed] of changes)
  test(`${name} changed: the hashes of base and tier ${changed.map((yes) => (yes ? 'change' : 'stay')).join(' and ')}`, async () => {
    const [before, after] = [await hashes({}), await hashes(change)];
    assert.deepEqual(
      after.map((hash, index) => hash !== before[index]),
      changed,
    );
  });

const faults: [name: string, change: Readonly<Record<string, string>>, tier: string, code: string, message: string][] =
  [
    ['an unknown tier', {}, 'nope', 'tier.not-found', 'cannot find tier "nope": tiers are minimal, node'],
    ['a name that climbs', {}, '../node', 'tier.not-found', 'cannot find tier "../node": tiers are minimal, node'],
    [
      'a base that is not there',
      { 'node/recipe.yaml': upper('gone') },
      'node',
      'recipe.invalid',
      'cannot read recipe DIR/node/recipe.yaml:2: there is no tier gone',
    ],
    [
      'bases in a circle',
      { 'a/recipe.yaml': upper('b'), 'b/recipe.yaml': upper('a') },
      'a',
      'recipe.invalid',
      'cannot read recipe DIR/b/recipe.yaml:2: the bases go in a circle: a <- b <- a',
    ],
    [
      'a file that is not there',
      { 'minimal/recipe.yaml': root.replace('/etc/motd', '/etc/issue') },
      'node',
      'recipe.invalid',
      'cannot read recipe DIR/minimal/recipe.yaml:7: there is no file DIR/minimal/files/etc/issue',
    ],
    [
      'a key that is not there',
      { 'minimal/recipe.yaml': root.replace('archive.gpg', 'lost.gpg') },
      'minimal',
      'recipe.invalid',
      'cannot read recipe DIR/minimal/recipe.yaml:5: there is no file DIR/keys/lost.gpg',
    ],
    [
      'a recipe without end',
      { 'node/recipe.yaml': '#'.repeat(300_000) },
      'node',
      'recipe.invalid',
      'cannot read recipe DIR/node/recipe.yaml: it has 300000 bytes',
    ],
  ];
for (const [name, change, tier, code, message] of faults)
  test(`${name}: ${code}`, () =>
    withTiers({ ...good, ...change }, async (folder) => {
      await assert.rejects(loadChain(folder, tier), (error) => {
        assert.ok(error instanceof BhattiError);
        assert.deepEqual([error.code, error.message.replaceAll(folder, 'DIR')], [code, message]);
        return true;
      });
    }));
