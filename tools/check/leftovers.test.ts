import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { describe, MARK, mountsOf, processesOf } from './leftovers.ts';

test('a process is found by the mark in its environment, and no more once it ended', async () => {
  const scratch = `/tmp/bhatti-test-of-leftovers-${process.pid}`;
  const child = spawn('cat', [], { env: { ...process.env, [MARK]: scratch }, stdio: ['pipe', 'pipe', 'ignore'] });
  // An echo proves that the child is past exec: before it, the environment read would be ours.
  child.stdin.write('x');
  await once(child.stdout, 'data');
  assert.deepEqual(processesOf(scratch), [{ pid: child.pid, command: 'cat' }]);
  child.stdin.end();
  await once(child, 'close');
  assert.deepEqual(processesOf(scratch), []);
});

test('a process without an environment is found by the folder it stands in, also when that is gone', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'bhatti-left-'));
  const child = spawn('/bin/cat', [], { cwd: scratch, env: {}, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.write('x');
  await once(child.stdout, 'data');
  rmSync(scratch, { recursive: true });
  assert.deepEqual(processesOf(scratch), [{ pid: child.pid, command: '/bin/cat' }]);
  child.stdin.end();
  await once(child, 'close');
});

test('mount points below the folder are found, others not', () => {
  const mountinfo = [
    '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '90 22 0:50 / /tmp/run-1/root rw,relatime - tmpfs tmpfs rw',
    '91 22 0:51 / /tmp/other rw,relatime - tmpfs tmpfs rw',
  ].join('\n');
  assert.deepEqual(mountsOf('/tmp/run-1', mountinfo), ['/tmp/run-1/root']);
});

test('each leftover is a line', () => {
  const left = {
    processes: [{ pid: 7, command: 'qemu -m 512' }],
    mounts: ['/tmp/a/root'],
    namespaces: ['bhatti-a'],
    files: ['disk.qcow2'],
  };
  assert.deepEqual(describe(left), [
    'process 7: qemu -m 512',
    'mount /tmp/a/root',
    'network namespace bhatti-a',
    'file disk.qcow2 in the scratch folder',
  ]);
});
