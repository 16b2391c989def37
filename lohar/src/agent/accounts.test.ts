import assert from 'node:assert/strict';
import test from 'node:test';
import { groupsOf, parseGroups, parseUsers } from './accounts.ts';

const PASSWD = `root:x:0:0:root:/root:/bin/bash
broken line
daemon:x:1:1::/usr/sbin:
1000:x:7:7::/seven:/bin/sh
lohar:x:1000:1001:,,,:/home/lohar:/bin/zsh
`;

const users: [
  name: string,
  wanted: string,
  uid: number | undefined,
  home: string | undefined,
  shell: string | undefined,
][] = [
  ['by name', 'lohar', 1000, '/home/lohar', '/bin/zsh'],
  ['by number', '0', 0, '/root', '/bin/bash'],
  ['a name of digits before a number', '1000', 7, '/seven', '/bin/sh'],
  ['an empty shell is sh', 'daemon', 1, '/usr/sbin', '/bin/sh'],
  ['an unknown name', 'nobody', undefined, undefined, undefined],
  ['an unknown number', '4711', undefined, undefined, undefined],
  ['an empty name', '', undefined, undefined, undefined],
];
for (const [name, wanted, uid, home, shell] of users) {
  test(`user ${name}`, () => {
    const found = parseUsers(PASSWD).get(wanted);
    assert.deepEqual([found?.uid, found?.home, found?.shell], [uid, home, shell]);
  });
}

test('groups: the primary one first, then those that list the user, each once', () => {
  const group = 'root:x:0:\nsudo:x:27:ada,lohar\nfuse:x:110:lohar\nlohar:x:1001:lohar\nlo:x:5:loha\nbad:x:no:lohar\n';
  assert.deepEqual(groupsOf(parseGroups(group), 'lohar', 1001), [1001, 27, 110]);
});
