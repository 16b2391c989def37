import assert from 'node:assert/strict';
import test from 'node:test';
import { SysError } from '@bhatti/runtime/sys.ts';
import { resolveInside } from './rooted-sys.ts';

const LINKS: Readonly<Record<string, string>> = {
  '/r/lib': 'usr/lib',
  '/r/etc/up': '../../../../etc',
  '/r/etc/abs': '/var/x',
  '/r/etc/loop': 'loop',
};
const sys = {
  readlink(path: string): string {
    const target = LINKS[path];
    if (target === undefined) throw new SysError(`readlink ${path}`, 22, 'EINVAL');
    return target;
  },
};

const rows: [sentence: string, path: string, last: boolean, to: string][] = [
  ['a folder that is a link', '/lib/systemd', true, '/usr/lib/systemd'],
  ['a link upwards ends at the root of the folder', '/etc/up/passwd', true, '/etc/passwd'],
  ['an absolute link begins at the root of the folder', '/etc/abs', true, '/var/x'],
  ['a link at the end is itself when it is asked about', '/etc/abs', false, '/etc/abs'],
  ['dots lead nowhere outside', '/../../x', true, '/x'],
];
for (const [sentence, path, last, to] of rows)
  test(`paths below --root=: ${sentence}`, () => assert.equal(resolveInside(sys, '/r', path, last), to));

test('paths below --root=: a link to itself is an error', () => {
  assert.throws(() => resolveInside(sys, '/r', '/etc/loop', true), { code: 'ELOOP' });
});
