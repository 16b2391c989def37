import assert from 'node:assert/strict';
import test from 'node:test';
import { parseJob } from '@bhatti/keeper/job.ts';
import { launchJob, type Machine, saveDescriptor } from './launch-job.ts';

const machine: Machine = {
  qemu: '/usr/bin/qemu',
  shape: { accelerator: 'tcg', cpus: 1, memoryMib: 256 },
  layers: [
    { path: 'image', format: 'raw' },
    { path: 'disk.qcow2', format: 'qcow2' },
  ],
  begin: { from: 'power-on', kernel: '/images/vmlinux', commandLine: 'quiet' },
  network: null,
};

test('a boot: memory of its own, the image read, the disk written', () =>
  assert.deepEqual(launchJob(machine).descriptors, [
    { kind: 'memory', size: 256 * 1024 * 1024 },
    { kind: 'open', path: 'image', access: 'r' },
    { kind: 'open', path: 'disk.qcow2', access: 'rw' },
    { kind: 'listen', path: 'q' },
    { kind: 'listen', path: 'a' },
    { kind: 'open', path: '/images/vmlinux', access: 'r' },
    { kind: 'open', path: 'devices', access: 'w' },
  ]));

test('a fork: the memory of its template, mapped privately, and no kernel', () => {
  const job = launchJob({ ...machine, begin: { from: 'state', state: '/t/state', memory: '/proc/7/fd/9' } });
  assert.deepEqual(job.descriptors.at(0), { kind: 'open', path: '/proc/7/fd/9', access: 'rw' });
  assert.deepEqual(job.descriptors.at(-2), { kind: 'open', path: '/t/state', access: 'r' });
  assert.match(job.argv.join(' '), /mem-path=\/proc\/self\/fd\/3,share=off .* -incoming fd:8$/);
  assert.ok(!job.argv.includes('-S'));
});

test('a machine that was saved stands still until it is told to go on', () => {
  const begin = { from: 'state', state: 'saved/devices', memory: 'saved/memory', standStill: true } as const;
  assert.match(launchJob({ ...machine, begin }).argv.join(' '), / -S -incoming fd:8$/);
});

test('a template: its memory is held', () => assert.equal(launchJob({ ...machine, hold: true }).hold, 0));

test('devices are saved to a file that QEMU was given', () => {
  const job = launchJob(machine);
  const descriptor = saveDescriptor(job);
  assert.equal(descriptor, 9);
  assert.deepEqual(job.descriptors[6], { kind: 'open', path: 'devices', access: 'w' });
  assert.match(job.argv.join(' '), /-add-fd fd=9,set=9/);
  assert.equal(saveDescriptor({ ...job, descriptors: job.descriptors.slice(0, 6) }), null);
});

test('the keeper takes what the host writes', () => {
  const user = { uid: 5, gid: 5, groups: [] };
  const network = { netNamespace: '/proc/1/fd/2', userNamespace: '/proc/1/fd/3' };
  const job = launchJob({ ...machine, user, network, hold: true });
  assert.deepEqual(parseJob(JSON.stringify(job)), job);
});
