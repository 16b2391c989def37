/** The minimal tier as it lies in the images folder: built for real, looked at without booting it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { buildTier } from '@bhatti/host/builder/build-tier.ts';
import { hasPvhNote } from '@bhatti/host/builder/vmlinux.ts';
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import { imageDigest } from '@bhatti/host/images/image-digest.ts';
import type { ImageManifest } from '@bhatti/host/ports/images.ts';
import { settingsFor, withImagesDir } from './build.ts';
import { linkInImage, listInImage, readBytesInImage, readInImage, statInImage } from './image-files.ts';

let image = '';
let imagesDir = '';
let manifest: ImageManifest;
const done = Promise.withResolvers<void>();
let removed: Promise<void>;

before(async () => {
  const ready = Promise.withResolvers<void>();
  removed = withImagesDir(async (folder) => {
    imagesDir = folder;
    image = join(folder, 'rootfs-minimal-amd64.ext4');
    manifest = await buildTier('minimal', settingsFor(folder));
    ready.resolve();
    await done.promise;
  });
  await Promise.race([ready.promise, removed]);
});
after(async () => {
  done.resolve();
  await removed;
});

const owner = (path: string) => {
  const found = statInImage(image, path);
  return found && `${found.mode} ${found.uid}:${found.gid}`;
};
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('image, kernel and manifest lie side by side, and nothing else', () => {
  const kernel = `vmlinux-${manifest.kernel.version}`;
  assert.deepEqual(readdirSync(imagesDir).sort(), ['rootfs-minimal-amd64.ext4', 'rootfs-minimal-amd64.json', kernel]);
  assert.deepEqual(JSON.parse(readFileSync(join(imagesDir, 'rootfs-minimal-amd64.json'), 'utf8')), manifest);
});

test('the catalog offers it, with its kernel and manifest', async () => {
  const found = await new ImageCatalog(imagesDir, 'amd64').find('minimal');
  assert.deepEqual(found.manifest, manifest);
  assert.equal(found.kernel, join(imagesDir, manifest.kernel.file));
});

test('the file system is whole', () => {
  execFileSync('e2fsck', ['-f', '-n', image], { stdio: 'ignore' });
});

test('the manifest tells the truth about digest, size and kernel', async () => {
  assert.equal(await imageDigest(image), manifest.sha256);
  assert.equal(statSync(image).size, manifest.sizeBytes);
  const kernel = readFileSync(join(imagesDir, manifest.kernel.file));
  assert.equal(sha256(kernel), manifest.kernel.sha256);
  assert.ok(hasPvhNote(kernel));
});

test('the files take at most 200 MB, the image not much more of the disk', () => {
  assert.ok(manifest.usedBytes <= 200e6, `${manifest.usedBytes} bytes used`);
  const allocated = statSync(image).blocks * 512;
  assert.ok(allocated <= manifest.usedBytes + 24e6, `${allocated} bytes allocated`);
  assert.ok(manifest.sizeBytes >= 4 * 2 ** 30, 'room for what a user installs');
});

test('it is Ubuntu 24.04 with what the issue names, and no systemd', () => {
  assert.match(readInImage(image, '/usr/lib/os-release'), /^VERSION_ID="24.04"$/m);
  for (const name of ['curl', 'sudo', 'ca-certificates', 'iproute2', 'locales', 'fuse3', 'procps', 'apt'])
    assert.ok(manifest.packages[name], name);
  for (const name of ['systemd', 'systemd-sysv', 'systemd-resolved', 'libpam-systemd', 'sysvinit-core'])
    assert.equal(manifest.packages[name], undefined, name);
});

test('apt is told never to bring systemd', () => {
  const pins = readInImage(image, '/etc/apt/preferences.d/bhatti');
  assert.match(pins, /^Package: systemd systemd-sysv systemd-resolved libpam-systemd$/m);
  assert.match(pins, /^Pin-Priority: -1$/m);
  assert.ok(manifest.packages['bhatti-init'], 'what needs systemd as the init is installed by this');
});

test("the guest's apt has Ubuntu's sources, with updates and security updates", () => {
  const suites = readInImage(image, '/etc/apt/sources.list')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^deb \S+ /, ''));
  assert.deepEqual(
    suites,
    ['noble', 'noble-updates', 'noble-security'].map((suite) => `${suite} main universe`),
  );
  assert.ok(listInImage(image, '/etc/apt/trusted.gpg.d').includes('ubuntu-keyring-2018-archive.gpg'));
});

test('user lohar is 1000, in group sudo, without a password, and owns home and /workspace', () => {
  assert.match(readInImage(image, '/etc/passwd'), /^lohar:x:1000:1000::\/home\/lohar:\/bin\/bash$/m);
  assert.match(readInImage(image, '/etc/group'), /^sudo:x:27:lohar$/m);
  assert.equal(readInImage(image, '/etc/sudoers.d/lohar'), 'lohar ALL=(ALL:ALL) NOPASSWD: ALL\n');
  assert.equal(owner('/etc/sudoers.d/lohar'), '0440 0:0');
  assert.equal(owner('/home/lohar'), '0750 1000:1000');
  assert.equal(owner('/workspace'), '0755 1000:1000');
  assert.equal(owner('/usr/bin/sudo'), '04755 0:0');
});

test('lohar lies in place under its names, and package scripts may start services', () => {
  assert.equal(owner('/usr/local/bin/lohar'), '0755 0:0');
  assert.equal(sha256(readBytesInImage(image, '/usr/local/bin/lohar')), manifest.lohar.sha256);
  for (const name of ['/usr/bin/systemctl', '/usr/bin/journalctl'])
    assert.equal(linkInImage(image, name), '/usr/local/bin/lohar', name);
  assert.equal(owner('/usr/sbin/policy-rc.d'), '0755 0:0');
  assert.match(readInImage(image, '/usr/sbin/policy-rc.d'), /^exit 0$/m);
  assert.match(readInImage(image, '/usr/sbin/runlevel'), /^echo N 5$/m);
  assert.equal(statInImage(image, '/usr/sbin/init'), null);
});

test('the modules are those of the kernel, with an index', () => {
  assert.deepEqual(listInImage(image, '/usr/lib/modules'), [manifest.kernel.version]);
  const dep = readInImage(image, `/usr/lib/modules/${manifest.kernel.version}/modules.dep`);
  for (const name of ['overlay', 'bridge', 'veth', 'nf_tables', 'br_netfilter', 'xt_MASQUERADE', 'virtio-rng'])
    assert.match(dep, new RegExp(`/${name}\\.ko`), name);
});

test('the kernel has built in what a boot without initramfs needs', () => {
  const config = readInImage(image, `/boot/config-${manifest.kernel.version}`);
  const wanted = [
    'VIRTIO_BLK',
    'VIRTIO_NET',
    'VIRTIO_CONSOLE',
    'VIRTIO_MMIO',
    'EXT4_FS',
    'PVH',
    'DEVTMPFS_MOUNT',
    'TUN',
  ];
  for (const name of wanted) assert.match(config, new RegExp(`^CONFIG_${name}=y$`, 'm'), name);
});

test('the locale is there and chosen', () => {
  assert.equal(linkInImage(image, '/etc/default/locale'), '../locale.conf');
  assert.match(readInImage(image, '/etc/locale.conf'), /^LANG=en_US\.UTF-8$/m);
  assert.ok((statInImage(image, '/usr/lib/locale/locale-archive')?.size ?? 0) > 1e6);
});

test('what makes a sandbox itself is left for lohar to write', () => {
  for (const name of ['/etc/machine-id', '/etc/hostname', '/etc/resolv.conf'])
    assert.deepEqual([statInImage(image, name)?.size, owner(name)], [0, '0644 0:0'], name);
  assert.equal(statInImage(image, '/var/lib/dbus/machine-id'), null);
  assert.deepEqual(listInImage(image, '/etc/ssh'), []);
});

test('caches, logs and leftovers of the build are gone', () => {
  const empty = ['/tmp', '/var/tmp', '/var/log/apt', '/var/cache/apt/archives/partial', '/var/lib/apt/lists/partial'];
  for (const folder of empty) assert.deepEqual(listInImage(image, folder), [], folder);
  assert.deepEqual(listInImage(image, '/var/cache/apt'), ['archives']);
  assert.deepEqual(listInImage(image, '/boot'), [`config-${manifest.kernel.version}`]);
  assert.deepEqual(
    listInImage(image, '/usr/share/man').filter((name) => name !== 'man1'),
    [],
  );
});

test('nothing of the host is in it: no name, no path, no key, no proxy', () => {
  const text = listInImage(image, '/etc')
    .filter((name) => statInImage(image, `/etc/${name}`)?.type === 'file')
    .map((name) => readInImage(image, `/etc/${name}`))
    .join('\n');
  for (const secret of [process.cwd(), process.env.http_proxy, hostname().length > 4 ? hostname() : undefined])
    if (secret) assert.ok(!text.includes(secret), secret);
  assert.deepEqual(listInImage(image, '/root').sort(), ['.bashrc', '.profile']);
});
