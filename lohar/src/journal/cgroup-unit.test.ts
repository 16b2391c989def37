import assert from 'node:assert/strict';
import test from 'node:test';
import { cgroupPath, unitOfCgroup } from './cgroup-unit.ts';

const rows: [path: string, unit: string, slice: string][] = [
  ['/system.slice/t-j1.service', 't-j1.service', 'system.slice'],
  ['/system.slice/system-getty.slice/getty@tty1.service', 'getty@tty1.service', 'system-getty.slice'],
  ['/system.slice/systemd-udevd.service/udev', 'systemd-udevd.service', 'system.slice'],
  ['/system.slice/docker.service/init.scope/x.service', 'docker.service', 'system.slice'],
  ['/init.scope', 'init.scope', '-.slice'],
  ['/system.slice/_cgroup.service', 'cgroup.service', 'system.slice'],
  ['/', '', '-.slice'],
  ['/user.slice/session', '', 'user.slice'],
  ['', '', '-.slice'],
];
for (const [path, unit, slice] of rows) test(path, () => assert.deepEqual(unitOfCgroup(path), { unit, slice }));

test('the unified line of /proc/PID/cgroup', () => {
  assert.equal(cgroupPath('12:pids:/x\n0::/system.slice/a.service\n'), '/system.slice/a.service');
  assert.equal(cgroupPath(''), '');
});
