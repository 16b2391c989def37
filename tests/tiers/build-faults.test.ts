/** Builds that go wrong, with the real programs: each ends with its error and leaves nothing half-made. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { buildTier } from '@bhatti/host/builder/build-tier.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { cacheDir, isRoot, leftovers, settingsFor, withImagesDir } from './build.ts';

async function failsWith(build: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await assert.rejects(build, (error) => {
    assert.ok(error instanceof BhattiError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    assert.ok(error.remedy.length > 0);
    return true;
  });
}

test('Ctrl+C while packages are installed', () =>
  withImagesDir(async (imagesDir) => {
    const stop = new AbortController();
    const step = (said: string, fraction?: number) => {
      if (said === 'installing the packages of minimal' && (fraction ?? 0) > 0.1) stop.abort();
    };
    const settings = { ...settingsFor(imagesDir), refresh: true, progress: { step }, signal: stop.signal };
    await failsWith(
      buildTier('minimal', settings),
      'operation.cancelled',
      /^cannot build tier minimal: it was cancelled$/,
    );
    assert.deepEqual(leftovers(imagesDir), []);
    assert.deepEqual(readdirSync(imagesDir), []);
  }));

test('Ctrl+C while the image is made', () =>
  withImagesDir(async (imagesDir) => {
    const stop = new AbortController();
    const build = buildTier('minimal', { ...settingsFor(imagesDir), signal: stop.signal });
    const looking = setInterval(() => {
      if (existsSync(join(imagesDir, '.unfinished-minimal/image'))) stop.abort();
    }, 5);
    await failsWith(build, 'operation.cancelled', /^cannot build tier minimal: it was cancelled$/).finally(() =>
      clearInterval(looking),
    );
    assert.deepEqual(leftovers(imagesDir), []);
    assert.deepEqual(readdirSync(imagesDir), []);
  }));

/** Runs `work` with a file system of a few MiB. */
async function withSmallDisk(mib: number, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-small-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', folder]);
  try {
    await work(folder);
  } finally {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  }
}
const mayMount = { skip: isRoot ? false : 'only root may mount a small disk' };

/** Takes all the room of a disk. */
function fill(folder: string): void {
  const file = openSync(join(folder, 'rootfs-filler'), 'w');
  const chunk = Buffer.alloc(1 << 20, 1);
  try {
    for (;;) writeSync(file, chunk);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    closeSync(file);
  }
}
const fillAt = (label: string, folder: string) => ({
  step: (said: string, fraction?: number) => {
    if (said === label && !existsSync(join(folder, 'rootfs-filler')) && fraction !== 0) fill(folder);
  },
});

test('too small a disk is told before anything begins', mayMount, () =>
  withSmallDisk(64, async (folder) => {
    const told = /^cannot build tier minimal: \S+ has 64 MiB free, and the build may need 280$/;
    await failsWith(buildTier('minimal', settingsFor(folder)), 'host.disk-full', told);
    assert.deepEqual(readdirSync(folder), []);
  }),
);

test('the disk of the images folder fills up while the image is made', mayMount, () =>
  withSmallDisk(300, async (folder) => {
    const progress = fillAt('making the image of minimal', folder);
    await failsWith(buildTier('minimal', { ...settingsFor(folder), progress }), 'host.disk-full', /the disk is full$/);
    assert.deepEqual(leftovers(folder), []);
    assert.deepEqual(readdirSync(folder), ['rootfs-filler']);
  }),
);

test('the disk of the cache fills up while packages are installed', mayMount, () =>
  withSmallDisk(1200, (small) =>
    withImagesDir(async (imagesDir) => {
      cpSync(join(cacheDir, 'apt/minimal'), join(small, 'apt/minimal'), { recursive: true });
      const progress = fillAt('installing the packages of minimal', small);
      const build = buildTier('minimal', { ...settingsFor(imagesDir), cacheDir: small, progress });
      await failsWith(build, 'host.disk-full', /the disk is full$/);
      assert.deepEqual(readdirSync(imagesDir), []);
      assert.deepEqual(readdirSync(join(small, 'layers')), []);
      assert.deepEqual(
        readdirSync(small).filter((name) => name.startsWith('tier-work-')),
        [],
      );
    }),
  ),
);

test('a mirror that refuses the connection', () =>
  withImagesDir(async (imagesDir) => {
    const mirrors = { noble: 'http://127.0.0.1:9/ubuntu' };
    const build = buildTier('minimal', { ...settingsFor(imagesDir), mirrors });
    await failsWith(
      build,
      'tier.build-failed',
      /^cannot build tier minimal: the package mirror does not answer: .*127\.0\.0\.1/,
    );
    assert.deepEqual(readdirSync(imagesDir), []);
    assert.deepEqual(leftovers(imagesDir), []);
  }));

test('a mirror that hangs up in the middle', () =>
  withImagesDir(async (imagesDir) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nOrigin: Ub'));
    });
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    try {
      const mirrors = { noble: `http://127.0.0.1:${port}/ubuntu` };
      const build = buildTier('minimal', { ...settingsFor(imagesDir), mirrors });
      await failsWith(build, 'tier.build-failed', /^cannot build tier minimal: the package mirror /);
      assert.deepEqual(leftovers(imagesDir), []);
    } finally {
      server.close();
    }
  }));

test('a mirror signed with another key', () =>
  withImagesDir(async (imagesDir) => {
    const tiersDir = mkdtempSync(join(tmpdir(), 'bhatti-tiers-'));
    try {
      cpSync(settingsFor(imagesDir).tiersDir, tiersDir, { recursive: true });
      const keyring = join(tiersDir, 'keys/ubuntu-archive-keyring.gpg');
      execFileSync('gpg', [
        '--batch',
        '--yes',
        '--no-default-keyring',
        '--homedir',
        keyHome(tiersDir),
        '--passphrase',
        '',
        '--quick-gen-key',
        'test',
      ]);
      execFileSync('gpg', ['--batch', '--yes', '--homedir', keyHome(tiersDir), '--output', keyring, '--export']);
      const build = buildTier('minimal', { ...settingsFor(imagesDir), tiersDir });
      await failsWith(build, 'tier.build-failed', /the package mirror gave something wrong: .*(NO_PUBKEY|not signed)/);
      assert.deepEqual(leftovers(imagesDir), []);
    } finally {
      rmSync(tiersDir, { recursive: true });
    }
  }));

function keyHome(folder: string): string {
  const home = join(folder, 'gnupg');
  if (!existsSync(home)) mkdirSync(home, { mode: 0o700 });
  return home;
}

test('lohar that was not built', () =>
  withImagesDir(async (imagesDir) => {
    const lohar = { path: join(imagesDir, 'nowhere'), version: '0' };
    const build = buildTier('minimal', { ...settingsFor(imagesDir), lohar });
    await failsWith(build, 'tier.build-failed', /^cannot lay down \/usr\/local\/bin\/lohar: /);
    assert.deepEqual(readdirSync(imagesDir), []);
  }));
