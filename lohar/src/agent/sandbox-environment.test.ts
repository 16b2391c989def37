import assert from 'node:assert/strict';
import test from 'node:test';
import { assignments, type EnvironmentLayers, layEnvironment } from './sandbox-environment.ts';

const account = { name: 'ada', uid: 7, gid: 8, groups: [8], home: '/home/ada', shell: '/bin/zsh' };
const bare: EnvironmentLayers = { account, image: [], sandbox: {}, units: {}, request: {} };

const rows: [name: string, layers: Partial<EnvironmentLayers>, key: string, value: string | undefined][] = [
  ['HOME is the user’s', {}, 'HOME', '/home/ada'],
  ['LOGNAME is the user', {}, 'LOGNAME', 'ada'],
  ['SHELL is the user’s', {}, 'SHELL', '/bin/zsh'],
  ['there is a PATH', {}, 'PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['no terminal is a dumb one', {}, 'TERM', 'dumb'],
  ['a terminal gives its name', { term: 'xterm' }, 'TERM', 'xterm'],
  ['the image beats the defaults', { image: [{ LANG: 'de_DE.UTF-8' }] }, 'LANG', 'de_DE.UTF-8'],
  ['a later file of the image beats an earlier one', { image: [{ A: '1' }, { A: '2' }] }, 'A', '2'],
  ['the sandbox beats the image', { image: [{ A: '1' }], sandbox: { A: '2' } }, 'A', '2'],
  ['units beat the sandbox', { sandbox: { A: '1' }, units: { A: '2' } }, 'A', '2'],
  ['the request beats all', { units: { A: '2' }, request: { A: '3' } }, 'A', '3'],
  ['an empty value is a value', { units: { A: '2' }, request: { A: '' } }, 'A', ''],
];
for (const [name, layers, key, value] of rows) {
  test(`environment: ${name}`, () => assert.equal(layEnvironment({ ...bare, ...layers }).get(key), value));
}

const files: [name: string, text: string, variables: Record<string, string>][] = [
  ['quotes', 'A="b c"\nB=\'d e\'', { A: 'b c', B: 'd e' }],
  ['export, as in a shell', 'export A=1\n  export B=2', { A: '1', B: '2' }],
  ['broken lines and comments are left out', '# no\njust words\nA=1\n=2\n', { A: '1' }],
  ['an empty value is a value', 'A=', { A: '' }],
];
for (const [name, text, variables] of files) {
  test(`environment file: ${name}`, () => assert.deepEqual(assignments(text), variables));
}
