import assert from 'node:assert/strict';
import test from 'node:test';
import { partsOf } from './processes.ts';

test('where memory goes', () => {
  const smaps = `5581e0000000-5581e0400000 r-xp 00000000 fe:00 123    /usr/bin/qemu-system-x86_64
Pss:                1024 kB
Pss_Dirty:           100 kB
5581e1000000-5581e2000000 rw-p 00000000 00:00 0                          [heap]
Pss:                2048 kB
7f0000000000-7f0020000000 rw-p 00000000 00:01 77   /memfd:bhatti-ram (deleted)
Pss:                4096 kB
7f1000000000-7f1002000000 rwxp 00000000 00:00 0 
Pss:                 512 kB
7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                          [vdso]
Pss:                   0 kB
`;
  assert.deepEqual(partsOf(smaps), {
    'memory of the guest': 4,
    'translated code': 0.5,
    'heap and stacks': 2,
    'programs and libraries': 1,
  });
});
