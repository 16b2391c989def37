/**
 * npm run build: dist/, which needs no TypeScript and no node_modules: one module of the host, the static programs, the
 * tiers. It has the checkout's own layout, so that code finds its files in both. `npm pack ./dist` makes a package of it.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { step } from '../terminal/step.mjs';
import { projectFiles } from '../tidy/files.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIST = join(ROOT, 'dist');
const ENTRY = 'host/src/main/cli.ts';
const MODULE = 'host/src/main/cli.js';
const ARCHS = ['amd64', 'arm64'];
const PROGRAMS = ['lohar', 'keeper', 'bhatti'];

/** A bundle lies in one folder, its sources in many: each asks for files beside itself. */
const ownFolder: Plugin = {
  name: 'own-folder',
  setup({ onLoad }) {
    onLoad({ filter: /\/host\/src\/.*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const folder = relative(join(ROOT, dirname(ENTRY)), dirname(path)) || '.';
      const here = `new URL(${JSON.stringify(`${folder}/`)}, import.meta.url).pathname`;
      const contents = source.replaceAll('import.meta.dirname', here);
      return { contents, loader: 'ts' };
    });
  },
};

async function bundle(from: string, to: string): Promise<void> {
  await build({
    entryPoints: [join(ROOT, from)],
    outfile: join(DIST, to),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    sourcemap: 'linked',
    logLevel: 'warning',
    plugins: [ownFolder],
    // Packages in the old module format call require for Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}

function copy(path: string): void {
  mkdirSync(dirname(join(DIST, path)), { recursive: true });
  cpSync(join(ROOT, path), join(DIST, path));
}

/** What the host reads at run time besides its module. */
function copyFiles(): void {
  const isRead = (path: string): boolean =>
    /^(tiers|lohar\/units|host\/src\/builder)\//.test(path) && !path.endsWith('.ts');
  for (const path of projectFiles(ROOT).filter(isRead)) copy(path);
  for (const path of ['host/bin/bhatti', 'host/package.json', 'LICENSE', 'README.md']) copy(path);
  for (const arch of ARCHS) for (const name of PROGRAMS) copy(join('build', arch, name));
  const { name, version, description, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const manifest = { name, version, description, license, type: 'module', engines: { node: '>=24' } };
  writeFileSync(
    join(DIST, 'package.json'),
    `${JSON.stringify({ ...manifest, bin: { bhatti: 'host/bin/bhatti' } }, null, 2)}\n`,
  );
}

/** @throws Error when one of the packaged clients does not say the version it was made of */
function prove(): void {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const told = spawnSync(process.execPath, [join(DIST, MODULE), '--version'], { encoding: 'utf8', cwd: '/' });
  if (told.stdout.trim() !== version) throw new Error(`the package does not work: ${told.stdout}${told.stderr}`);
  const compiled = spawnSync(join(DIST, 'host/bin/bhatti'), ['version', '--data-dir', DIST], { encoding: 'utf8' });
  if (!compiled.stdout.startsWith(`client ${version}\n`))
    throw new Error(`the compiled client does not work: ${compiled.stdout}${compiled.stderr}`);
}

const programs = spawnSync(process.execPath, [join(ROOT, 'tools/lohar/build.ts')], { stdio: 'inherit' });
if (programs.status !== 0) process.exit(1);
rmSync(DIST, { recursive: true, force: true });
await step('dist/', async (note) => {
  note('bundling the host');
  await bundle(ENTRY, MODULE);
  for (const path of projectFiles(ROOT))
    if (/^tiers\/[^/]+\/smoke\.ts$/.test(path)) await bundle(path, path.replace(/ts$/, 'js'));
  copyFiles();
  note('trying it');
  prove();
});
console.log(`To make a package of it: npm pack ./dist`);
