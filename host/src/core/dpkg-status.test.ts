import assert from 'node:assert/strict';
import test from 'node:test';
import { installedPackages } from './dpkg-status.ts';

const paragraph = (name: string, version: string, architecture: string, state = 'install ok installed') =>
  `Package: ${name}\nStatus: ${state}\nArchitecture: ${architecture}\nVersion: ${version}\nDescription: text\n with Package: in it\n`;

test('packages are listed by name; what was removed is not, another architecture is named', () => {
  const status = [
    paragraph('zlib1g', '1:1.3', 'amd64'),
    paragraph('zlib1g', '1:1.3', 'i386'),
    paragraph('gone', '1', 'amd64', 'deinstall ok config-files'),
    paragraph('adduser', '3.137', 'all'),
  ].join('\n');
  assert.deepEqual(Object.entries(installedPackages(status, 'amd64')), [
    ['adduser', '3.137'],
    ['zlib1g', '1:1.3'],
    ['zlib1g:i386', '1:1.3'],
  ]);
});

test('an empty file lists nothing', () => assert.deepEqual(installedPackages('', 'amd64'), {}));
