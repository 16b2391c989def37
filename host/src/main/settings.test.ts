import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { type Config, parseConfig } from './config-file.ts';
import { configFile, mergeSettings, parseAddress, type ServeFlags } from './settings.ts';

const around = (env: Record<string, string> = {}) => ({ env, uid: 0, home: '/root', server: false });

function refuses(does: () => unknown, message: RegExp): void {
  assert.throws(
    does,
    (error) => error instanceof BhattiError && error.code === 'config.invalid' && message.test(error.message),
  );
}

type Row = [name: string, flags: ServeFlags, env: Record<string, string>, config: Config, expected: object];
const rows: Row[] = [
  ['images lie in the data directory', {}, {}, {}, { imagesDir: '/var/lib/bhatti/images' }],
  ['images where the file says', {}, {}, { imagesDir: '/i' }, { imagesDir: '/i' }],
  ['the variable before the file', {}, { BHATTI_IMAGES_DIR: '/e' }, { imagesDir: '/i' }, { imagesDir: '/e' }],
  ['the flag before both', { imagesDir: '/f' }, { BHATTI_IMAGES_DIR: '/e' }, { imagesDir: '/i' }, { imagesDir: '/f' }],
  ['no TCP unless asked for', {}, {}, {}, { tcp: undefined }],
  ['TCP by the file', {}, {}, { listen: ':8440' }, { tcp: { host: '127.0.0.1', port: 8440 } }],
  ['an empty variable turns TCP off', {}, { BHATTI_LISTEN: '' }, { listen: ':8440' }, { tcp: undefined }],
  ['the log level', { logLevel: 'warn' }, { BHATTI_LOG_LEVEL: 'error' }, { logLevel: 'debug' }, { logLevel: 'warn' }],
  ['the accelerator', {}, { BHATTI_ACCELERATOR: 'tcg' }, { accelerator: 'kvm' }, { accelerator: 'tcg' }],
  ['allowed ranges', {}, {}, { network: { allow: ['10.1.0.0/16'] } }, { allowedRanges: ['10.1.0.0/16'] }],
  ['one prepared clone of a shape', {}, {}, {}, { pool: { clones: 1, memoryMib: 1024 } }],
  ['no pool', {}, { BHATTI_POOL: '0' }, { pool: { clones: 4 } }, { pool: { clones: 0, memoryMib: 1024 } }],
  ['a larger pool', {}, {}, { pool: { clones: 4, memoryMib: 4096 } }, { pool: { clones: 4, memoryMib: 4096 } }],
  ['all snapshots', {}, {}, {}, { snapshotsKept: Infinity }],
  ['a few snapshots', {}, {}, { snapshots: { keep: 3 } }, { snapshotsKept: 3 }],
  ['a data directory', { dataDir: '/d' }, {}, {}, { dataDir: '/d', imagesDir: '/d/images' }],
];
for (const [name, flags, env, config, expected] of rows) {
  test(`settings: ${name}`, () => {
    const settings: object = mergeSettings(flags, around(env), config);
    const read = Object.keys(expected).map((key) => [key, Object.entries(settings).find(([one]) => one === key)?.[1]]);
    assert.deepEqual(Object.fromEntries(read), expected);
  });
}

test('keys do not travel readable over a network unless that is allowed', () => {
  refuses(() => mergeSettings({ listen: '0.0.0.0:80' }, around(), {}), /API keys would travel readable/);
  const tls = { cert: '/c', key: '/k' };
  assert.deepEqual(mergeSettings({ listen: '0.0.0.0:443' }, around(), { tls }).tcp, {
    host: '0.0.0.0',
    port: 443,
    tls,
  });
  assert.equal(mergeSettings({ listen: '0.0.0.0:80' }, around(), { allowPlaintext: true }).tcp?.port, 80);
});

test('the size of the pool is a small number', () => {
  for (const BHATTI_POOL of ['-1', '65', '1.5', 'many'])
    refuses(() => mergeSettings({}, around({ BHATTI_POOL }), {}), /BHATTI_POOL: ".*" is no number from 0 to 64/);
});

test('addresses are host:port', () => {
  assert.deepEqual(parseAddress('[::1]:80'), { host: '::1', port: 80 });
  assert.deepEqual(parseAddress('localhost:0'), { host: 'localhost', port: 0 });
  for (const text of ['80', 'localhost', 'a:b:80', 'h:70000', '']) refuses(() => parseAddress(text), /host:port/);
});

test('a file that is named must be there, the usual one need not', () => {
  assert.deepEqual(configFile({}, around()), { path: '/var/lib/bhatti/config.yaml', required: false });
  assert.deepEqual(configFile({}, around({ BHATTI_CONFIG: '/e' })), { path: '/e', required: true });
  assert.deepEqual(configFile({ config: '/f' }, around({ BHATTI_CONFIG: '/e' })), { path: '/f', required: true });
});

test('config.yaml is read', () => {
  const text =
    'listen: 127.0.0.1:8440\nnetwork:\n  allow: [10.1.0.0/16]\nmirrors: {noble: http://mirror.example/ubuntu}\n';
  assert.deepEqual(parseConfig(text, 'f'), {
    listen: '127.0.0.1:8440',
    network: { allow: ['10.1.0.0/16'] },
    mirrors: { noble: 'http://mirror.example/ubuntu' },
  });
  assert.deepEqual(parseConfig('# nothing\n', 'f'), {});
});

const bad: [name: string, text: string, message: RegExp][] = [
  ['an unknown key', 'listen: a\nimageDir: /x\n', /^cannot read f:2: unknown key imageDir$/],
  ['an unknown key below another', 'network:\n  alow: []\n', /^cannot read f:2: unknown key network.alow$/],
  ['a value of the wrong kind', 'a: 1\nlisten: 3\n', /^cannot read f:/],
  [
    'a range that is none',
    'network:\n  allow:\n    - 10.0.0.0/8\n    - example\n',
    /^cannot read f:4: network.allow.1: not an IPv4 range/,
  ],
  ['a relative path', 'imagesDir: images\n', /^cannot read f:1: imagesDir: not an absolute path$/],
  ['broken YAML', 'listen: [\n', /^cannot read f:2: /],
  ['a list', '- a\n', /^cannot read f:1: /],
];
for (const [name, text, message] of bad) {
  test(`config.yaml with ${name} is refused, with its line`, () => refuses(() => parseConfig(text, 'f'), message));
}
