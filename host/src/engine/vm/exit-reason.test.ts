import assert from 'node:assert/strict';
import test from 'node:test';
import { exitReason, lastError, type SeenOfEnd } from './exit-reason.ts';

const well = { code: 0, stderr: '', endedMs: 0 };
const nothing: SeenOfEnd = { end: well, shutdown: null, goodbye: null, console: '', asked: false };
const waiting =
  'qemu-system-x86_64: -chardev socket,id=agent: info: QEMU waiting for connection on: disconnected:unix:a\n';
const missing = 'qemu-system-x86_64: -kernel /proc/self/fd/9: Permission denied\n';

const rows: [name: string, seen: Partial<SeenOfEnd>, state: string, reason: string][] = [
  ['our own wish is no crash', { asked: true, end: { ...well, signal: 9 } }, 'stopped', 'stopped by request'],
  ['poweroff with goodbye', { goodbye: 'poweroff', shutdown: 'guest-reset' }, 'stopped', 'guest powered off'],
  ['reboot with goodbye', { goodbye: 'reboot', shutdown: 'guest-reset' }, 'stopped', 'guest rebooted'],
  [
    'nobody listened, the kernel said it',
    { console: '[ 1.2] reboot: Restarting system\n' },
    'stopped',
    'guest powered off or rebooted',
  ],
  ['a reset out of nothing', { shutdown: 'guest-reset' }, 'crashed', 'guest reset without a goodbye'],
  [
    'a panic, although QEMU ends well',
    { console: 'x\n[    3.1] Kernel panic - not syncing: sysrq triggered crash\n', shutdown: 'guest-reset' },
    'crashed',
    'kernel panic: sysrq triggered crash',
  ],
  ['QEMU was killed', { end: { signal: 9, stderr: waiting, endedMs: 0 } }, 'crashed', 'QEMU died: SIGKILL'],
  [
    'QEMU refused its arguments',
    { end: { code: 1, stderr: waiting + missing, endedMs: 0 } },
    'crashed',
    'QEMU died: exit code 1: -kernel /proc/self/fd/9: Permission denied',
  ],
  ['the keeper was killed', { end: null }, 'crashed', 'QEMU died: its keeper was killed'],
];

for (const [name, seen, state, reason] of rows)
  test(name, () => assert.deepEqual(exitReason({ ...nothing, ...seen }), { state, reason }));

test('notices of QEMU are no error', () => assert.equal(lastError(waiting), ''));
