import assert from 'node:assert/strict';
import test from 'node:test';
import { foreignPins } from './foreign.ts';
import { signedBy, withMirror } from './sources.ts';

const ubuntu = [
  'deb http://a.example/ubuntu noble main',
  'deb http://a.example/ubuntu noble-updates main',
  'deb http://s.example/ubuntu noble-security main',
];
const debian = ['deb http://a.example/debian trixie main', 'deb http://s.example/debian-security trixie-security main'];

const rows: [name: string, lines: string[], mirror: string | undefined, expected: string[]][] = [
  ['without a mirror nothing changes', ubuntu, undefined, ubuntu],
  [
    'a mirror of Ubuntu has its security updates too',
    ubuntu,
    'http://m.example/ubuntu/',
    [
      'deb http://m.example/ubuntu noble main',
      'deb http://m.example/ubuntu noble-updates main',
      'deb http://m.example/ubuntu noble-security main',
    ],
  ],
  [
    'a mirror of Debian has them beside the archive',
    debian,
    'https://m.example/x/debian',
    ['deb https://m.example/x/debian trixie main', 'deb https://m.example/x/debian-security trixie-security main'],
  ],
  [
    'a mirror with a path of its own has everything there',
    debian,
    'http://m.example/all',
    ['deb http://m.example/all trixie main', 'deb http://m.example/all trixie-security main'],
  ],
];
for (const [name, lines, mirror, expected] of rows)
  test(name, () => assert.deepEqual(withMirror(lines, mirror), expected));

test('a source names the key that signed it', () => {
  assert.deepEqual(signedBy(['deb http://a.example/debian trixie main'], '/k.gpg'), [
    'deb [signed-by=/k.gpg] http://a.example/debian trixie main',
  ]);
});

test('of a foreign source only what was asked for is ever chosen', () => {
  const pins = foreignPins([{ suite: 'trixie', packages: ['chromium', 'chromium-common'], keyring: '', lines: [] }]);
  const rules = pins.split('\n\n').map((rule) => rule.trim().split('\n'));
  assert.deepEqual(
    rules.slice(0, 3).map((rule) => rule[0]),
    Array(3).fill('Package: *'),
  );
  assert.deepEqual(rules[0], ['Package: *', 'Pin: release n=trixie', 'Pin-Priority: -1']);
  assert.deepEqual(rules[3], ['Package: chromium chromium-common', 'Pin: release n=trixie', 'Pin-Priority: 700']);
});
