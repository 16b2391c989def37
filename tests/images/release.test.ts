/** Tiers from a release: published into a folder, fetched over HTTP on loopback, and nothing but whole ones installed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { type Lab, openLab, outcome } from '../cli/lab.ts';
import { until } from '../until.ts';
import { minisign } from './minisign.ts';
import { serveRelease } from './release-server.ts';

const released = mkdtempSync(join(tmpdir(), 'bh-release-'));
test.after(() => rmSync(released, { recursive: true }));

interface Server {
  readonly lab: Lab;
  readonly imagesDir: string;
  readonly cacheDir: string;
  /** Images that the catalog could see. */
  images(): string[];
}

/** A machine without any image, that fetches from `source`. */
async function withServer(source: string, run: (server: Server) => Promise<void>, disk = tmpdir()): Promise<void> {
  const imagesDir = mkdtempSync(join(disk, 'bh-images-'));
  const cacheDir = mkdtempSync(join(tmpdir(), 'bh-cache-'));
  const lab = openLab({ BHATTI_IMAGES_DIR: imagesDir, BHATTI_RELEASE: source, BHATTI_CACHE_DIR: cacheDir });
  try {
    const images = (): string[] => readdirSync(imagesDir).filter((name) => name.endsWith('.ext4'));
    await run({ lab, imagesDir, cacheDir, images });
  } finally {
    await lab.close();
    for (const folder of [imagesDir, cacheDir]) rmSync(folder, { recursive: true });
  }
}

test('a tier is published once, and again only what changed', async () => {
  const lab = openLab();
  assert.match(await lab.ok('tier', 'publish', released), /tier\/minimal/);
  const index = readFileSync(join(released, 'index.json'), 'utf8');
  const { images } = JSON.parse(index);
  for (const { image } of images) assert.ok(image.bytes < 200e6, `${image.file} has ${image.bytes} bytes`);
  await lab.ok('tier', 'publish', released);
  assert.equal(readFileSync(join(released, 'index.json'), 'utf8'), index);
  lab.remove();
});

test('a transfer that is cut goes on where it ended; the tier boots, and is up to date the next time', async () => {
  await using server = await serveRelease(released);
  await withServer(server.url, async ({ lab, images }) => {
    server.faults.cutAt = 20_000_000;
    assert.match(await lab.ok('update', '--tiers', 'minimal'), /^tier\/minimal installed \(\d+ MiB\)$/m);
    assert.deepEqual(images(), ['rootfs-minimal-amd64.ext4']);
    assert.ok(
      server.resumedAt.some((at) => at > 0 && at <= 20_000_000),
      `${server.resumedAt}`,
    );
    assert.match(await lab.ok('image', 'list'), /^minimal +tier +amd64/m);
    await lab.ok('create', 'dev');
    assert.match(await lab.ok('exec', 'dev', '--', 'cat', '/proc/1/comm'), /^lohar$/m);
    assert.match(await lab.ok('update'), /^tier\/minimal is up to date$/m);
  });
});

test('Ctrl+C in the middle leaves no image; the next update goes on with what came', async () => {
  await using server = await serveRelease(released);
  await withServer(server.url, async ({ lab, imagesDir, cacheDir, images }) => {
    server.faults.stallAt = 20_000_000;
    const child = lab.begin(['update', '--tiers', 'minimal']);
    const ended = outcome(child);
    const parts = () =>
      readdirSync(cacheDir, { recursive: true, encoding: 'utf8' }).filter((name) => /\.part$/.test(name));
    await until('the transfer stalls', () =>
      parts().some((name) => statSync(join(cacheDir, name)).size === 20_000_000),
    );
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    assert.deepEqual([code, /nothing of it is left/.test(stderr)], [130, true], stderr);
    assert.deepEqual(readdirSync(imagesDir), []);
    await lab.ok('update', '--tiers', 'minimal');
    assert.deepEqual(images(), ['rootfs-minimal-amd64.ext4']);
    assert.ok(server.resumedAt.length > 0);
  });
});

test('one wrong byte, or an index that promises something else: nothing is installed', async () => {
  await using server = await serveRelease(released);
  await withServer(server.url, async ({ lab, images }) => {
    server.faults.corruptAt = 12_345_678;
    const corrupt = await lab.run(['update', '--tiers', 'minimal']);
    assert.equal(corrupt.code, 125);
    assert.match(corrupt.stderr, /cannot install tier minimal: cannot use what was fetched: it has digest/);
    assert.deepEqual(images(), []);
    const unknown = await lab.run(['update', '--tiers', 'minimal,nothing']);
    assert.match(unknown.stderr, /cannot find tier "nothing": there are .*minimal/);
    assert.deepEqual(images(), []);
    server.faults.corruptAt = undefined;
    const path = join(released, 'index.json');
    const index = readFileSync(path, 'utf8');
    writeFileSync(path, index.replaceAll(JSON.parse(index).images[0].manifest.sha256, '0'.repeat(64)));
    const lie = await lab.run(['update', '--tiers', 'all']);
    writeFileSync(path, index);
    assert.match(lie.stderr, /cannot use image \w+: it is not what its manifest says/);
    assert.deepEqual(images(), []);
  });
  await withServer('http://127.0.0.1:9', async ({ lab }) => {
    const silent = await lab.run(['update', '--tiers', 'all']);
    assert.match(silent.stderr, /cannot read http:\/\/127\.0\.0\.1:9: [\s\S]*release\.source/);
  });
});

test('of two updates at once the second waits, and finds the tier installed', async () => {
  await using server = await serveRelease(released);
  await withServer(server.url, async ({ lab, imagesDir, images }) => {
    const both = await Promise.all([1, 2].map(() => lab.run(['update', '--tiers', 'minimal'])));
    assert.deepEqual(
      both.map(({ code, stdout }) => [code, /^tier\/minimal (installed|is up to date)/.test(stdout)]),
      [
        [0, true],
        [0, true],
      ],
    );
    assert.equal(server.asked.filter((file) => file.endsWith('.ext4.zst')).length, 1);
    assert.deepEqual(images(), ['rootfs-minimal-amd64.ext4']);
    assert.deepEqual(
      readdirSync(imagesDir).filter((name) => name.startsWith('.')),
      [],
    );
  });
});

test('a disk that is full, or fills up, installs nothing; with room the update goes on', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root may mount a small disk');
  const disk = mkdtempSync(join(tmpdir(), 'bh-small-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300m', 'tmpfs', disk]);
  t.after(() => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });
  const filler = join(disk, 'filler');
  const onSmallDisk = async ({ lab, imagesDir, images }: Server): Promise<void> => {
    fill(filler, 200);
    const full = await lab.run(['update', '--tiers', 'minimal']);
    assert.match(full.stderr, /cannot install tier minimal: .* has \d+ MiB free, and it may need \d+\nTry: free space/);
    rmSync(filler);
    const ended = outcome(lab.begin(['update', '--tiers', 'minimal']));
    await until('it unpacks', () => existsSync(join(imagesDir, '.unfinished-minimal/image')));
    fill(filler, 300);
    const { code, stderr } = await ended;
    assert.match(stderr, /Error: cannot install tier minimal: the disk is full\nTry: free space/);
    assert.equal(code, 125);
    assert.deepEqual(readdirSync(imagesDir), []);
    rmSync(filler);
    await lab.ok('update', '--tiers', 'minimal');
    assert.deepEqual(images(), ['rootfs-minimal-amd64.ext4']);
  };
  await withServer(released, onSmallDisk, disk);
});

/** Takes so many MiB of a disk, or what there is. */
function fill(path: string, mib: number): void {
  const file = openSync(path, 'w');
  const chunk = Buffer.alloc(1 << 20, 1);
  try {
    for (let written = 0; written < mib; written += 1) writeSync(file, chunk);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    closeSync(file);
  }
}

test('with a key set, only a signed index is read', async () => {
  const key = minisign();
  const index = readFileSync(join(released, 'index.json'));
  await withServer(released, async ({ lab, images }) => {
    const config = { release: { source: released, key: key.publicKey } };
    writeFileSync(join(lab.dataDir, 'config.yaml'), JSON.stringify(config)); // JSON is YAML
    const unsigned = await lab.run(['update', '--tiers', 'minimal']);
    assert.match(unsigned.stderr, /cannot trust index\.json of .*: it has no index\.json\.minisig/);
    writeFileSync(join(released, 'index.json.minisig'), minisign().sign(index));
    const foreign = await lab.run(['update', '--tiers', 'minimal']);
    assert.match(foreign.stderr, /it is signed with another key/);
    assert.deepEqual(images(), []);
    writeFileSync(join(released, 'index.json.minisig'), key.sign(index));
    assert.match(await lab.ok('update', '--tiers', 'minimal'), /^tier\/minimal installed/m);
  });
});
