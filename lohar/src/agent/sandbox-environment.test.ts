import assert from 'node:assert/strict';
import test from 'node:test';
import { type EnvironmentLayers, layEnvironment } from './sandbox-environment.ts';

const account = { name: 'ada', uid: 7, gid: 8, groups: [8], home: '/home/ada', shell: '/bin/zsh' };
const bare: EnvironmentLayers = { account, image: [], sandbox: {}, units: '', request: {} };

const rows: [name: string, layers: Partial<EnvironmentLayers>, key: string, value: string | undefined][] = [
  ['HOME is the user’s', {}, 'HOME', '/home/ada'],
  ['LOGNAME is the user', {}, 'LOGNAME', 'ada'],
  ['SHELL is the user’s', {}, 'SHELL', '/bin/zsh'],
  ['there is a PATH', {}, 'PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['no terminal is a dumb one', {}, 'TERM', 'dumb'],
  ['a terminal gives its name', { term: 'xterm' }, 'TERM', 'xterm'],
  ['the image beats the defaults', { image: ['LANG=de_DE.UTF-8'] }, 'LANG', 'de_DE.UTF-8'],
  ['quotes and export are understood', { image: ['export A="b c"'] }, 'A', 'b c'],
  ['a later file of the image beats an earlier one', { image: ['A=1', 'A=2'] }, 'A', '2'],
  ['the sandbox beats the image', { image: ['A=1'], sandbox: { A: '2' } }, 'A', '2'],
  ['units beat the sandbox', { sandbox: { A: '1' }, units: 'A=2' }, 'A', '2'],
  ['the request beats all', { units: 'A=2', request: { A: '3' } }, 'A', '3'],
  ['an empty value is a value', { units: 'A=2', request: { A: '' } }, 'A', ''],
  ['broken lines are left out', { units: 'just words\nA=1' }, 'just words', undefined],
];
for (const [name, layers, key, value] of rows) {
  test(`environment: ${name}`, () => assert.equal(layEnvironment({ ...bare, ...layers }).get(key), value));
}
