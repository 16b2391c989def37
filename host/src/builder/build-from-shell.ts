/** node host/src/builder/build-from-shell.ts TIER [--images DIR] [--lohar FILE]: a build without a daemon, for work on tiers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildTier } from './build-tier.ts';

const root = join(import.meta.dirname, '../../..');
const VERSION: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
const home = process.env.HOME ?? '/root';
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string', default: '/tmp/bhatti-images' },
    cache: { type: 'string', default: process.env.BHATTI_CACHE_DIR ?? join(home, '.cache/bhatti') },
    lohar: { type: 'string', default: join(root, 'build/amd64/lohar') },
  },
});
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const started = performance.now();
const say = (text: string) => console.log(`${((performance.now() - started) / 1000).toFixed(1)} s  ${text}`);

for (const tier of positionals) {
  const manifest = await buildTier(tier, {
    tiersDir: join(root, 'tiers'),
    imagesDir: values.images,
    cacheDir: values.cache,
    lohar: { path: values.lohar, version: VERSION },
    progress: {
      step: (label, fraction) => say(fraction === undefined ? label : `${label} ${Math.round(fraction * 100)} %`),
    },
    signal: stop.signal,
  });
  say(`${manifest.tier}: ${(manifest.usedBytes / 1e6).toFixed(0)} MB used, kernel ${manifest.kernel.version}`);
}
