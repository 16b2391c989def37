import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { ImageManifest } from '../ports/images.ts';
import { ImageCatalog } from './catalog.ts';

const UUID = '6f1d9c3e-7a52-4c1b-9f0e-2b8d4e5a6c70';
const HASH = 'ab'.repeat(32);
const kernelHead = Buffer.alloc(64);
kernelHead.writeUInt32LE(0x464c457f, 0);
kernelHead.writeUInt16LE(62, 18);

const manifest: ImageManifest = {
  tier: 'tiny',
  description: 'a test',
  arch: 'amd64',
  builtAt: '2026-01-02T03:04:05.000Z',
  recipeHash: HASH,
  uuid: UUID,
  sha256: HASH,
  usedBytes: 0,
  sizeBytes: 8 << 20,
  kernel: { file: 'vmlinux-1', version: '1', sha256: HASH },
  lohar: { version: '0', sha256: HASH },
  packages: {},
  units: [],
  minimum: { cpus: 1, memoryMib: 256 },
  defaults: { cpus: 2, memoryMib: 512 },
};

interface Folder {
  readonly path: string;
  ext4(file: string, type?: string): string;
  put(file: string, content: string | Buffer): string;
}

function withFolder(run: (folder: Folder) => Promise<void>): () => Promise<void> {
  return async () => {
    const path = mkdtempSync(join(tmpdir(), 'bhatti-catalog-'));
    const put = (file: string, content: string | Buffer) => {
      writeFileSync(join(path, file), content);
      return join(path, file);
    };
    const ext4 = (file: string, type = 'ext4') => {
      const image = put(file, '');
      truncateSync(image, 8 << 20);
      execFileSync('mke2fs', ['-q', '-F', '-t', type, '-U', UUID, image], { stdio: 'ignore' });
      return image;
    };
    try {
      await run({ path, ext4, put });
    } finally {
      rmSync(path, { recursive: true });
    }
  };
}

test(
  'a file dropped into the folder is an image at the next call, and gone when it goes',
  withFolder(async ({ path, ext4, put }) => {
    const catalog = new ImageCatalog(path, 'amd64');
    put('vmlinux-1', kernelHead);
    assert.deepEqual(await catalog.list(), []);
    const image = ext4('rootfs-tiny-amd64.ext4');
    const [found] = await catalog.list();
    assert.deepEqual([found?.name, found?.arch, found?.path, found?.sizeMib], ['tiny', 'amd64', image, 8]);
    assert.equal(found?.kernel, join(path, 'vmlinux-1'));
    assert.equal(found?.manifest, undefined);
    rmSync(image);
    assert.deepEqual(await catalog.list(), []);
  }),
);

test(
  'without a manifest the newest kernel of the right machine is taken',
  withFolder(async ({ path, ext4, put }) => {
    ext4('rootfs-tiny-amd64.ext4');
    utimesSync(put('vmlinux-1', kernelHead), 1000, 1000);
    utimesSync(put('vmlinux-2', kernelHead), 2000, 2000);
    utimesSync(put('vmlinux-3-no-kernel', 'text'), 3000, 3000);
    assert.equal((await new ImageCatalog(path, 'amd64').find('tiny')).kernel, join(path, 'vmlinux-2'));
  }),
);

test(
  'with its manifest an image boots its own kernel',
  withFolder(async ({ path, ext4, put }) => {
    ext4('rootfs-tiny-amd64.ext4');
    put('rootfs-tiny-amd64.json', JSON.stringify({ ...manifest, addedByANewerBhatti: true }));
    put('vmlinux-1', kernelHead);
    utimesSync(put('vmlinux-2', kernelHead), 4e9, 4e9);
    const image = await new ImageCatalog(path, 'amd64').find('tiny');
    assert.equal(image.kernel, join(path, 'vmlinux-1'));
    assert.deepEqual(image.manifest, manifest);
  }),
);

test(
  "another image's manifest is not read",
  withFolder(async ({ path, ext4, put }) => {
    ext4('rootfs-tiny-amd64.ext4');
    put('vmlinux-1', kernelHead);
    put('rootfs-tiny-amd64.json', JSON.stringify({ ...manifest, uuid: UUID.replace('6', '7') }));
    assert.equal((await new ImageCatalog(path, 'amd64').find('tiny')).manifest, undefined);
  }),
);

const kernel = (folder: Folder) => folder.put('vmlinux-1', kernelHead);
const faults: [name: string, prepare: (folder: Folder) => void, code: string, message: string, remedy: string][] = [
  [
    'an empty folder',
    () => {},
    'image.not-found',
    'cannot find image "tiny": there is none in DIR',
    'bhatti tier build minimal',
  ],
  [
    'an unknown name',
    (folder) => {
      kernel(folder);
      copyFileSync(folder.ext4('rootfs-a-amd64.ext4'), join(folder.path, 'rootfs-b-amd64.ext4'));
    },
    'image.not-found',
    'cannot find image "tiny": there are a, b',
    'bhatti image list',
  ],
  [
    'an image of another machine',
    (folder) => void folder.ext4('rootfs-tiny-arm64.ext4'),
    'image.not-found',
    'cannot find image "tiny": there is none in DIR',
    'bhatti tier build minimal',
  ],
  [
    'a truncated image',
    (folder) => {
      kernel(folder);
      truncateSync(folder.ext4('rootfs-tiny-amd64.ext4'), 4 << 20);
    },
    'image.broken',
    'cannot use image DIR/rootfs-tiny-amd64.ext4: it is cut short: it has 4194304 bytes, its file system 8388608',
    'bhatti tier build tiny, or copy the file again',
  ],
  [
    'an empty file',
    (folder) => void folder.put('rootfs-tiny-amd64.ext4', ''),
    'image.broken',
    'cannot use image DIR/rootfs-tiny-amd64.ext4: it is no ext4 file system',
    'bhatti tier build tiny, or copy the file again',
  ],
  [
    'a file of noise',
    (folder) => void folder.put('rootfs-tiny-amd64.ext4', Buffer.alloc(1 << 20, 0x5a)),
    'image.broken',
    'cannot use image DIR/rootfs-tiny-amd64.ext4: it is no ext4 file system',
    'bhatti tier build tiny, or copy the file again',
  ],
  [
    'ext2 where ext4 is asked for',
    (folder) => void folder.ext4('rootfs-tiny-amd64.ext4', 'ext2'),
    'image.broken',
    'cannot use image DIR/rootfs-tiny-amd64.ext4: it is no ext4 file system',
    'bhatti tier build tiny, or copy the file again',
  ],
  [
    'a folder of that name',
    (folder) => void execFileSync('mkdir', [join(folder.path, 'rootfs-tiny-amd64.ext4')]),
    'image.broken',
    'cannot use image DIR/rootfs-tiny-amd64.ext4: it is no file',
    'bhatti tier build tiny, or copy the file again',
  ],
  [
    'a fifo of that name does not hang',
    (folder) => void execFileSync('mkfifo', [join(folder.path, 'rootfs-tiny-amd64.ext4')]),
    'image.broken',
    'cannot use image DIR/rootfs-tiny-amd64.ext4: it is no file',
    'bhatti tier build tiny, or copy the file again',
  ],
  [
    'no kernel',
    (folder) => void folder.ext4('rootfs-tiny-amd64.ext4'),
    'image.broken',
    'cannot use image DIR/rootfs-tiny-amd64.ext4: there is no kernel (vmlinux-*) beside it',
    'bhatti tier build minimal',
  ],
  [
    'the kernel of the manifest is gone',
    (folder) => {
      folder.ext4('rootfs-tiny-amd64.ext4');
      folder.put('rootfs-tiny-amd64.json', JSON.stringify(manifest));
      folder.put('vmlinux-2', kernelHead);
    },
    'image.broken',
    'cannot use image DIR/rootfs-tiny-amd64.ext4: its kernel vmlinux-1 is not beside it',
    'bhatti tier build tiny, or copy the file again',
  ],
  [
    'a manifest that is no JSON',
    (folder) => {
      folder.ext4('rootfs-tiny-amd64.ext4');
      folder.put('rootfs-tiny-amd64.json', '{');
    },
    'image.broken',
    'cannot read manifest DIR/rootfs-tiny-amd64.json: it is no JSON',
    'build or fetch the image again, or remove DIR/rootfs-tiny-amd64.json to use the image without it',
  ],
  [
    'a manifest whose kernel climbs out of the folder',
    (folder) => {
      folder.ext4('rootfs-tiny-amd64.ext4');
      const climbing = { ...manifest, kernel: { ...manifest.kernel, file: '../vmlinux' } };
      folder.put('rootfs-tiny-amd64.json', JSON.stringify(climbing));
    },
    'image.broken',
    'cannot read manifest DIR/rootfs-tiny-amd64.json: kernel.file: Invalid string: must match pattern /^[A-Za-z0-9][A-Za-z0-9._+~-]{0,254}$/',
    'build or fetch the image again, or remove DIR/rootfs-tiny-amd64.json to use the image without it',
  ],
];
for (const [name, prepare, code, message, remedy] of faults)
  test(
    `${name}: ${code}`,
    withFolder(async (folder) => {
      prepare(folder);
      const plain = (text: string) => text.replaceAll(folder.path, 'DIR');
      await assert.rejects(new ImageCatalog(folder.path, 'amd64').find('tiny'), (error) => {
        assert.ok(error instanceof BhattiError);
        assert.deepEqual([error.code, plain(error.message), plain(error.remedy)], [code, message, remedy]);
        return true;
      });
      const listed = await new ImageCatalog(folder.path, 'amd64').list();
      assert.ok(!listed.some((image) => image.name === 'tiny'));
    }),
  );
