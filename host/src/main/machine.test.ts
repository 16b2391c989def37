import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from './config-file.ts';
import { firstSettings } from './machine.ts';

const rows: [name: string, free: boolean, release: string | undefined, config: object][] = [
  ['a new server listens on this machine', true, undefined, { listen: '127.0.0.1:8440' }],
  ['where the port is taken it does not', false, undefined, {}],
  ['an empty variable is no source', true, '', { listen: '127.0.0.1:8440' }],
  ['a source with odd signs is kept', false, '/srv/"a: b" #', { release: { source: '/srv/"a: b" #' } }],
];
for (const [name, free, release, config] of rows)
  test(name, () => assert.deepEqual(parseConfig(firstSettings(free, release).text, 'config.yaml'), config));
