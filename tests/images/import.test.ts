/** Archives become images: what is in them, and what harm they cannot do. No VM runs here. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { dockerSave, type Member, ociLayout, tar } from './archives.ts';
import { afterWaiting, type ImageLab, openImageLab } from './image-lab.ts';

let lab: ImageLab;
before(() => {
  lab = openImageLab();
});
after(() => lab.close());

const BASE: readonly Member[] = [
  { name: 'usr/bin/', type: 'directory' },
  { name: 'usr/lib/', type: 'directory' },
  { name: 'bin', type: 'symlink', target: 'usr/bin' },
  { name: 'lib', type: 'symlink', target: 'usr/lib' },
  { name: 'bin/app', content: '#!/bin/sh\n', mode: 0o4755, uid: 12_345 },
  { name: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\napp:x:12345:12345::/srv:/bin/sh\n' },
  { name: 'srv/old', content: 'old' },
  { name: 'srv/data/one', content: '1' },
];
const CHANGES: readonly Member[] = [
  { name: 'srv/.wh.old' },
  { name: 'srv/data/.wh..wh..opq' },
  { name: 'srv/data/two', content: '2', attributes: { 'user.colour': 'red' } },
  { name: 'srv/data/again', type: 'hardlink', target: 'srv/data/two' },
  { name: 'srv/device', type: 'block', major: 7, minor: 3 },
  { name: 'srv/big', content: 'b', uid: 1_000_700_000, gid: 1_000_700_001 },
];
const CONFIG = {
  Entrypoint: ['app', '--say'],
  Cmd: ['50% "$HOME"'],
  Env: ['PATH=/usr/bin', 'A=b c'],
  User: 'app',
  WorkingDir: '/srv',
};
const LAYERS = [tar(BASE), tar(CHANGES)];

const kinds: [name: string, content: () => Buffer][] = [
  ['layout-gzip', () => ociLayout({ layers: LAYERS, config: CONFIG, packed: 'gzip' })],
  ['layout-zstd', () => ociLayout({ layers: LAYERS, config: CONFIG, packed: 'zstd' })],
  ['docker-save-gzip', () => gzipSync(dockerSave({ layers: LAYERS, config: CONFIG, packed: 'none' }))],
];
for (const [name, content] of kinds)
  test(`layers of ${name} lie over each other, with lohar on top`, async () => {
    const ran = await lab.run(['image', 'import', '-', '--name', name], { input: content() });
    assert.match(`${ran.stdout}${ran.stderr}`, new RegExp(`^image/${name} imported`));
    assert.match(lab.look(name, 'ls -p /srv'), /^(?!.*\/old\/)(?=.*\/data\/)(?=.*\/device\/)/s);
    assert.match(lab.look(name, 'ls -p /srv/data'), /^(?!.*\/one\/)(?=.*\/two\/)(?=.*\/again\/)/s);
    assert.equal(lab.look(name, 'cat /srv/data/again'), '2');
    assert.match(lab.look(name, 'ea_list /srv/data/two'), /user\.colour/);
    assert.match(lab.look(name, 'stat /usr/bin/app'), /Mode: +04755[\s\S]*User: +12345 /);
    assert.match(lab.look(name, 'stat /srv/big'), /User: +1000700000 +Group: +1000700001 /);
    assert.match(lab.look(name, 'stat /srv/device'), /block special[\s\S]*7:3|Device major\/minor number: 07:03/);
    assert.match(lab.look(name, 'stat /usr/local/bin/lohar'), /Mode: +0755/);
    assert.match(lab.look(name, 'ls /usr/lib/modules'), /\d+\.\d+\.\d+-\d+/);
    const unit = lab.look(name, 'cat /etc/systemd/system/entrypoint.service');
    assert.match(unit, /^ExecStart="\/usr\/bin\/app" "--say" "50%% \\"\$\$HOME\\""$/m);
    assert.match(unit, /^User=app$/m);
    assert.match(unit, /^WorkingDirectory=-\/srv$/m);
    const { manifest } = JSON.parse(await lab.ok('image', 'inspect', name));
    assert.deepEqual(manifest.run, {
      ...{ argv: ['app', '--say', '50% "$HOME"'], env: { PATH: '/usr/bin', A: 'b c' } },
      ...{ user: 'app', workdir: '/srv' },
    });
    assert.deepEqual(manifest.origin, { kind: 'imported', from: 'standard input' });
    await lab.ok('image', 'delete', name);
  });

test('a folder, a packed root and a root as it is are imported too', async () => {
  const root = join(lab.scratch, 'root');
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc/hello'), 'hello');
  writeFileSync(join(lab.scratch, 'root.tar.zst'), zstdCompressSync(tar([{ name: 'etc/hello', content: 'hello' }])));
  for (const file of ['root', 'root.tar.zst']) {
    await lab.ok('image', 'import', join(lab.scratch, file), '--name', 'plain');
    assert.equal(lab.look('plain', 'cat /etc/hello'), 'hello');
    assert.match(await lab.ok('image', 'list'), /^plain +imported +amd64/m);
    await lab.ok('image', 'delete', 'plain');
  }
});

const evil = (name: string): string => join(lab.scratch, name);
const harmless: [name: string, members: () => Member[]][] = [
  ['an absolute name', () => [{ name: evil('a'), content: 'evil' }]],
  [
    'a folder that is a link out',
    () => [
      { name: 'out', type: 'symlink', target: lab.scratch },
      { name: 'out/b', content: 'evil' },
    ],
  ],
  [
    'a link up and out',
    () => [
      { name: 'up', type: 'symlink', target: '../'.repeat(40) },
      { name: `up${evil('c')}`, content: 'evil' },
    ],
  ],
  [
    'etc as a link to etc',
    () => [
      { name: 'etc', type: 'symlink', target: '/etc' },
      { name: 'etc/bhatti-evil', content: 'evil' },
    ],
  ],
];
for (const [name, members] of harmless)
  test(`stays inside: ${name}`, async () => {
    const ran = await lab.run(['image', 'import', '-', '--name', 'evil'], { input: tar(members()) });
    for (const file of ['a', 'b', 'c']) assert.ok(!existsSync(evil(file)), file);
    assert.ok(!existsSync('/etc/bhatti-evil'));
    assert.equal(ran.code === 0 || /^Error: cannot import/.test(afterWaiting(ran.stderr)), true, ran.stderr);
    if (ran.code === 0) await lab.ok('image', 'delete', 'evil');
  });

const layer = tar(BASE);
const refused: [name: string, content: () => Buffer, stderr: RegExp][] = [
  ['a name that climbs', () => tar([{ name: '../../x', content: 'x' }]), /the name ".*" leads out of it/],
  ['no archive at all', () => Buffer.from('hello'.repeat(500)), /no header at byte 0/],
  ['an archive that is cut short', () => gzipSync(layer).subarray(0, 300), /gzip cannot be read|cut short/],
  [
    'an image for another machine',
    () => dockerSave({ layers: [layer], packed: 'none', architecture: 'arm64' }),
    /it is for arm64, not for amd64/,
  ],
  [
    'a layer that was changed',
    () =>
      Buffer.from(
        ociLayout({ layers: [layer], packed: 'none' })
          .toString('latin1')
          .replace('root:x:0', 'root::0:'),
        'latin1',
      ),
    /has digest sha256:/,
  ],
];
for (const [name, content, stderr] of refused)
  test(`refused, and nothing is left: ${name}`, async () => {
    const ran = await lab.run(['image', 'import', '-', '--name', 'bad'], { input: content() });
    assert.equal(ran.code, 125);
    assert.match(ran.stderr, stderr);
    assert.match(ran.stderr, /\nTry: pack the archive anew/);
    assert.ok(!existsSync(lab.imagePath('bad')));
  });
