import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { build } from 'esbuild';
import { exportedFunctions, type Parts, partEntries, partsPlugin } from './parts.ts';

const PARTS: Parts = { rare: ['rare.ts', 'rarer.ts'] };
const RARE =
  "import { rarer } from './rarer.ts';\nexport const SIZE = 1;\nexport function rare() { return [rarer(), 'rare']; }";
const RARER = "export async function rarer() { return 'rarer'; }";

/** @returns the scripts by name */
async function scriptsOf(t: TestContext, main: string): Promise<Record<string, string>> {
  const root = mkdtempSync(join(tmpdir(), 'bhatti-parts-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [name, source] of Object.entries({ main, rare: RARE, rarer: RARER }))
    writeFileSync(join(root, `${name}.ts`), source);
  const { outputFiles } = await build({
    ...{ entryPoints: { program: join(root, 'main.ts'), ...partEntries(PARTS) }, plugins: [partsPlugin(root, PARTS)] },
    ...{
      bundle: true,
      splitting: true,
      write: false,
      outdir: '.',
      format: 'esm',
      external: ['native'],
      logLevel: 'silent',
    },
  });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path), text]));
}

test('a program that calls a part holds nothing of it and reads it by name', async (t) => {
  const scripts = await scriptsOf(
    t,
    "import { rare } from './rare.ts';\nimport { rarer } from './rarer.ts';\nrare(); rarer();",
  );
  assert.doesNotMatch(scripts['program.js'] ?? '', /"rare"|"rarer"/);
  assert.equal(scripts['program.js']?.match(/readPart\("part-rare\.js"\)/g)?.length, 1);
  assert.match(scripts['part-rare.js'] ?? '', /\[rarer\(\), "rare"\]/);
  assert.doesNotMatch(scripts['part-rare.js'] ?? '', /readPart/);
});

test('what is no function cannot be imported from a part', async (t) => {
  const bundled = scriptsOf(t, "import { SIZE } from './rare.ts';\nconsole.log(SIZE);");
  await assert.rejects(bundled, /No matching export in "stand-in:rare\.ts" for import "SIZE"/);
});

test('types and functions that are not exported have no stand-in', () => {
  const source =
    'export type A = 1;\nexport interface B {}\nfunction c() {}\nexport function d() {}\nexport async function e() {}\n';
  assert.deepEqual(exportedFunctions(source), ['d', 'e']);
});
