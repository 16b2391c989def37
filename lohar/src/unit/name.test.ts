import assert from 'node:assert/strict';
import test from 'node:test';
import { instanceOf, nameKind, prefixOf, templateOf, typeOfName, withInstance } from './name.ts';
import { escapeName, escapePath, mangleName, unescapeName, unescapePath } from './name-escape.ts';

const kinds: [name: string, kind: string | null][] = [
  ['a.service', 'plain'],
  ['a@.service', 'template'],
  ['a@b.service', 'instance'],
  ['a@b@c.service', 'instance'],
  ['@b.service', null],
  ['.service', null],
  ['a', null],
  ['a.bogus', null],
  ['a/b.service', null],
  ['a b.service', null],
  ['-.mount', 'plain'],
  [`${'x'.repeat(247)}.service`, 'plain'],
  [`${'x'.repeat(248)}.service`, null],
];
for (const [name, kind] of kinds) test(`${name.slice(0, 30)} is ${kind}`, () => assert.equal(nameKind(name), kind));

test('the parts of an instance', () => {
  assert.equal(prefixOf('t-sq@a.b:c_d.service'), 't-sq');
  assert.equal(instanceOf('t-sq@a.b:c_d.service'), 'a.b:c_d');
  assert.equal(templateOf('t-sq@a.b:c_d.service'), 't-sq@.service');
  assert.equal(withInstance('t@.service', 'x'), 't@x.service');
  assert.equal(typeOfName('a.b.timer'), 'timer');
});

// Line 63 of the list of systemd's behaviours.
const escapes: [plain: string, escaped: string][] = [
  ['/', '-'],
  ['/foo/bar', '-foo-bar'],
  ['foo bar', 'foo\\x20bar'],
  ['a-b', 'a\\x2db'],
  ['.dot', '\\x2edot'],
  ['ü', '\\xc3\\xbc'],
  ['a/b//c/', 'a-b--c-'],
  ['x@y:z', 'x\\x40y:z'],
];
for (const [plain, escaped] of escapes)
  test(`${plain} is escaped and back`, () => {
    assert.equal(escapeName(plain), escaped);
    assert.equal(unescapeName(escaped), plain);
  });

test('paths lose their outer slashes', () => {
  assert.equal(escapePath('/foo/bar'), 'foo-bar');
  assert.equal(escapePath('a/b//c/'), 'a-b-c');
  assert.equal(escapePath('/'), '-');
  assert.equal(escapePath('/a/../b'), null);
  assert.equal(unescapePath('foo-bar'), '/foo/bar');
  assert.equal(unescapePath('-'), '/');
});
test('an instance with dashes and blanks comes back (line 61)', () => {
  assert.equal(unescapeName('srv-my\\x20dir-a\\x2db'), 'srv/my dir/a-b');
  assert.equal(unescapeName('broken\\x2'), null);
});

const typed: [typed: string, becomes: string, escaped: boolean][] = [
  ['nginx', 'nginx.service', false],
  ['t-a.bogus', 't-a.bogus.service', false],
  ['a.socket', 'a.socket', false],
  ['t-sq@sp ace', 't-sq@sp\\x20ace.service', true],
  ['/home/x', 'home-x.mount', false],
  ['/dev/sda', 'dev-sda.device', false],
  ['t-[ab]*', 't-[ab]*', false],
];
for (const [name, becomes, escaped] of typed)
  test(`typed ${name} means ${becomes}`, () => {
    const mangled = mangleName(name, '.service', true);
    assert.ok(mangled.is !== 'bad');
    assert.deepEqual([mangled.is === 'glob' ? mangled.pattern : mangled.name, mangled.escaped], [becomes, escaped]);
  });
test('an empty name is refused', () => assert.equal(mangleName('', '.service', true).is, 'bad'));
