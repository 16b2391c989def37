import assert from 'node:assert/strict';
import test from 'node:test';
import { userPath } from './user-scope.ts';

const rows: [path: string, of: string][] = [
  ['/etc/systemd/system/a.socket', '/etc/systemd/user/a.socket'],
  ['/etc/systemd/system', '/etc/systemd/user'],
  ['/usr/lib/systemd/system/a.service', '/usr/lib/systemd/user/a.service'],
  ['/usr/lib/systemd/system-preset/90-a.preset', '/usr/lib/systemd/user-preset/90-a.preset'],
  ['/run/systemd/system.control/a.service', '/run/systemd/user.control/a.service'],
  ['/usr/lib/systemd/systemd-x', '/usr/lib/systemd/systemd-x'],
  ['/srv/etc/systemd/system/a', '/srv/etc/systemd/system/a'],
  ['a.socket', 'a.socket'],
];
for (const [path, of] of rows) test(`the users' ${path}`, () => assert.equal(userPath(path), of));
