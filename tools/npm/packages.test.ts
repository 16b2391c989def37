import assert from 'node:assert/strict';
import test from 'node:test';
import { outdated } from './packages.mjs';

const lock = {
  '': { version: '1.0.0' },
  host: { version: '1.0.0' },
  'node_modules/@bhatti/host': { link: true },
  'node_modules/ws': { version: '8.0.0' },
  'node_modules/@esbuild/linux-arm64': { version: '1.0.0', optional: true },
};
const installed = { 'node_modules/@bhatti/host': { link: true }, 'node_modules/ws': { version: '8.0.0' } };

const rows: [name: string, have: Parameters<typeof outdated>[1], expected: string[]][] = [
  ['what is there as locked is left alone, other platforms may be absent', installed, []],
  ['without node_modules everything but other platforms is missing', {}, Object.keys(installed)],
  ['another version is outdated', { ...installed, 'node_modules/ws': { version: '7.0.0' } }, ['node_modules/ws']],
  [
    'a platform package of another version is outdated',
    { ...installed, 'node_modules/@esbuild/linux-arm64': { version: '0.9.0', optional: true } },
    ['node_modules/@esbuild/linux-arm64'],
  ],
  ['packages that no lock asks for do not matter', { ...installed, 'node_modules/left': { version: '1.0.0' } }, []],
];
for (const [name, have, expected] of rows) test(name, () => assert.deepEqual(outdated(lock, have), expected));
