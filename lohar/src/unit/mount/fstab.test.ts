import assert from 'node:assert/strict';
import test from 'node:test';
import { unitsOfFstab } from './fstab.ts';

const rows: [name: string, line: string, links: string[], has: string[]][] = [
  [
    'a local file system that must be there',
    'tmpfs /mnt/a tmpfs size=1M 0 0',
    ['local-fs.target.requires/mnt-a.mount'],
    ['mnt-a.mount: Before=local-fs.target', 'mnt-a.mount: Options=size=1M', 'mnt-a.mount: Type=tmpfs'],
  ],
  ['one that may fail', '/a /b none bind,nofail', ['local-fs.target.wants/b.mount'], ['b.mount: What=/a']],
  ['noauto', 'tmpfs /b tmpfs noauto', [], ['b.mount: Options=noauto']],
  [
    'over the network',
    's:/x /b nfs defaults',
    ['remote-fs.target.requires/b.mount'],
    ['b.mount: Before=remote-fs.target'],
  ],
  [
    'by label, slash and blank included',
    'LABEL=t/x /m\\040n auto defaults',
    ['local-fs.target.requires/m\\x20n.mount'],
    ['m\\x20n.mount: What=/dev/disk/by-label/t\\x2fx', 'm\\x20n.mount: Where=/m n'],
  ],
  [
    'a device that may take 3 s',
    '/dev/x /b ext4 noauto,x-systemd.device-timeout=3',
    [],
    ['dev-x.device.d/50-device-timeout.conf: JobRunningTimeoutSec=3', 'b.mount: After=blockdev@dev-x.target'],
  ],
  [
    'on demand',
    'tmpfs /b tmpfs noauto,x-systemd.automount,x-systemd.idle-timeout=5min',
    ['local-fs.target.requires/b.automount'],
    ['b.automount: TimeoutIdleSec=5min', 'b.automount: Where=/b'],
  ],
  [
    'pulled in by others',
    'tmpfs /b tmpfs x-systemd.wanted-by=a.target,x-systemd.required-by=c.target,x-systemd.requires=/x',
    ['a.target.wants/b.mount', 'c.target.requires/b.mount'],
    ['b.mount: Requires=x.mount', 'b.mount: After=x.mount'],
  ],
  ['swap', '/swap none swap sw,pri=5', ['swap.target.requires/swap.swap'], ['swap.swap: Options=sw,pri=5']],
  ['a comment', '  # tmpfs /b tmpfs', [], []],
];
for (const [name, line, links, has] of rows)
  test(`fstab: ${name}`, () => {
    const units = unitsOfFstab(line);
    assert.deepEqual([...units.links.keys()], links);
    const lines = [...units.files].flatMap(([file, text]) => text.split('\n').map((one) => `${file}: ${one}`));
    for (const one of has) assert.ok(lines.includes(one), `${one} is not in\n${lines.join('\n')}`);
    if (has.length === 0) assert.equal(units.files.size, 0);
  });

test('fstab: what is refused is told', () => {
  const { files, warnings } = unitsOfFstab('garbage\ntmpfs /a tmpfs\ntmpfs /a tmpfs size=2M\n');
  assert.equal(files.size, 1);
  assert.deepEqual(warnings, [
    'Mount point  is not a valid path, ignoring.',
    "Failed to create unit file '/run/systemd/generator/a.mount', as it already exists. Duplicate entry in '/etc/fstab'?",
  ]);
});
