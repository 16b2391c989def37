import assert from 'node:assert/strict';
import test from 'node:test';
import { isApiMount, parseMountInfo, parseSwaps, parseUtab } from './mount-info.ts';

test('mountinfo: options of both kinds, escapes, the topmost of two', () => {
  const text = [
    '24 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '30 24 0:30 / /mnt/a\\040b ro,nosuid shared:1 master:2 - tmpfs none rw,size=1024k,mode=755,inode64',
    '31 30 0:31 / /mnt/a\\040b rw - tmpfs top rw',
    'nonsense',
    '',
  ].join('\n');
  const found = parseMountInfo(text);
  assert.deepEqual(
    [...found],
    [
      ['/', { what: '/dev/vda', type: 'ext4', options: 'rw,relatime' }],
      ['/mnt/a b', { what: 'top', type: 'tmpfs', options: 'rw' }],
    ],
  );
  const below = parseMountInfo(text.split('\n').slice(0, 2).join('\n')).get('/mnt/a b');
  assert.equal(below?.options, 'ro,nosuid,size=1024k,mode=755,inode64');
});

test('utab: options that the kernel does not know', () => {
  const text = 'SRC=tmpfs TARGET=/mnt/x\\040y ROOT=/ OPTS=x-systemd.mkdir\nID=3 TARGET=/mnt/z ATTRS=a\n';
  assert.deepEqual([...parseUtab(text)], [['/mnt/x y', 'x-systemd.mkdir']]);
});

test('swaps', () => {
  const text = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/swap\\040file   file\t\t4088\t\t0\t\t-2\n';
  assert.deepEqual([...parseSwaps(text)], [['/swap file', { priority: -2 }]]);
});

test('what the machine begins with is no unit', () => {
  const api = ['/proc', '/run/lock', '/sys/fs/cgroup/x', '/run/credentials/a.service'].map(isApiMount);
  const others = ['/', '/tmp', '/dev/mqueue', '/mnt/proc', '/run/user/0'].map(isApiMount);
  assert.deepEqual([api, others], [Array(4).fill(true), Array(5).fill(false)]);
});
