/** What people and scripts see of hostnamectl, timedatectl, localectl, systemd-id128, systemd-path, over files of a test. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { runFake } from '../fake-program.test.ts';
import { path } from '../tools/path.ts';
import { hostnamectl } from './hostnamectl.ts';
import { id128 } from './id128.ts';
import { localectl } from './localectl.ts';
import { machineIdSetup } from './machine-id-setup.ts';
import { timedatectl } from './timedatectl.ts';

const ID = '140ed22744b3405cab700cf60898d965';
const files = {
  '/etc/machine-id': `${ID}\n`,
  '/etc/hostname': 'lab\n',
  '/etc/os-release': 'NAME=Ubuntu\nPRETTY_NAME="Ubuntu 24.04.5 LTS"\n',
  '/etc/machine-info': 'LOCATION="Rack 3"\n',
  '/proc/sys/kernel/random/boot_id': '11111111-2222-4333-8444-555555555555\n',
  '/proc/sys/kernel/osrelease': '6.8.0\n',
  '/proc/sys/kernel/arch': 'x86_64\n',
  '/sys/class/rtc/rtc0/since_epoch': '1795442905\n',
};

const PROGRAMS = { hostnamectl, id128, localectl, machineIdSetup, path, timedatectl };
const rows: [
  sentence: string,
  program: keyof typeof PROGRAMS,
  argv: string[],
  out: string,
  err: string,
  code: number,
][] = [
  ['the id of the machine', 'id128', ['machine-id'], `${ID}\n`, '', 0],
  ['an id as a UUID', 'id128', ['machine-id', '-u'], '140ed227-44b3-405c-ab70-0cf60898d965\n', '', 0],
  ['a new id is of version 4', 'id128', ['new'], `abababababab4bababababababababab\n`, '', 0],
  ['a verb that is none', 'id128', ['bogus'], '', "Unknown command verb 'bogus', did you mean 'new'?\n", 1],
  ['an id that is none', 'id128', ['show', 'bogus'], '', 'Unknown identifier "bogus".\n', 1],
  ['an id that is there stays', 'machineIdSetup', ['--print'], `${ID}\n`, '', 0],
  ['a path in the home', 'path', ['user-shared'], '/root/.local/share\n', '', 0],
  ['a path that is none', 'path', ['bogus'], '', 'Path bogus not known.\n', 1],
  ['a setting of machine-info', 'hostnamectl', ['location'], 'Rack 3\n', '', 0],
  [
    'a name that is none',
    'hostnamectl',
    ['hostname', 'a b'],
    '',
    "Could not set static hostname: Invalid static hostname 'a b'\n",
    1,
  ],
  ['NTP is refused', 'timedatectl', ['set-ntp', 'true'], '', 'Failed to set ntp: NTP not supported\n', 1],
  [
    'a zone that is none',
    'timedatectl',
    ['set-timezone', 'No/Where'],
    '',
    "Failed to set time zone: Invalid or not installed time zone 'No/Where'\n",
    1,
  ],
  ['a moment alone', 'timedatectl', ['show', '-p', 'TimeUSec', '--value'], 'Mon 2026-11-23 14:08:25 UTC\n', '', 0],
  [
    'a locale that is none',
    'localectl',
    ['set-locale', 'BOGUS=1'],
    '',
    'Failed to issue method call: Invalid Locale data.\n',
    1,
  ],
];

for (const [sentence, program, argv, out, err, code] of rows)
  test(`identity programs: ${sentence}`, async () => {
    const ran = await runFake(PROGRAMS[program], [program, ...argv], { files, env: { HOME: '/root' } });
    assert.deepEqual([ran.out, ran.err, ran.code], [out, err, code]);
  });

test('hostnamectl tells the machine as systemd does', async () => {
  const { out } = await runFake(hostnamectl, ['hostnamectl'], { files });
  assert.equal(
    out,
    ` Static hostname: lab
       Icon name: computer-vm
         Chassis: vm 🖴
        Location: Rack 3
      Machine ID: ${ID}
         Boot ID: 11111111222243338444555555555555
  Virtualization: qemu
Operating System: Ubuntu 24.04.5 LTS
          Kernel: Linux 6.8.0
    Architecture: x86-64
`,
  );
});
