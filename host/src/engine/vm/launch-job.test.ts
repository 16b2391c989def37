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
  ]));

test('a fork: the memory of its template, mapped privately, and no kernel', () => {
  const job = launchJob({ ...machine, begin: { from: 'state', state: '/t/state', memory: '/proc/7/fd/9' } });
  assert.deepEqual(job.descriptors.at(0), { kind: 'open', path: '/proc/7/fd/9', access: 'rw' });
  assert.deepEqual(job.descriptors.at(-1), { kind: 'open', path: '/t/state', access: 'r' });
  assert.match(job.argv.join(' '), /mem-path=\/proc\/self\/fd\/3,share=off .* -incoming fd:8$/);
});

test('a template: its memory is held and its state saved', () => {
  const job = launchJob({ ...machine, saveTo: 'state.saved' });
  assert.equal(job.hold, 0);
  assert.deepEqual(job.descriptors[saveDescriptor(job) - 3], { kind: 'open', path: 'state.saved', access: 'w' });
  assert.match(job.argv.join(' '), /share=on .*-add-fd fd=9,set=9/);
});

test('the keeper takes what the host writes', () => {
  const user = { uid: 5, gid: 5, groups: [] };
  const network = { netNamespace: '/proc/1/fd/2', userNamespace: '/proc/1/fd/3' };
  const job = launchJob({ ...machine, user, network, saveTo: 's' });
  assert.deepEqual(parseJob(JSON.stringify(job)), job);
});
