/** What goes wrong by what a user does, or by what a guest does: a clear error, and nothing left behind. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { filesIn, processesIn } from '../engine/leftovers.ts';
import { until } from '../until.ts';
import { type Lab, openLab, outcome, type Ran } from './lab.ts';

let lab: Lab;
before(async () => {
  lab = openLab();
  await lab.ok('create', 'dev');
});
after(() => lab.close());

const vms = (): string => join(lab.dataDir, 'engine/vms');
const names = async (): Promise<string[]> => (await lab.ok('list', '-q')).split('\n').filter(Boolean);

function assertError({ code, stdout, stderr }: Ran, message: RegExp, expected: number = 125): void {
  assert.deepEqual([code, stdout], [expected, ''], stderr);
  const [first = '', second = ''] = stderr.split('\n').slice(-3);
  assert.match(first, message);
  assert.match(second, /^Try: \S/);
}

const refused: [name: string, args: string[], message: RegExp][] = [
  ['a name that is taken', ['dev'], /^Error: cannot name a sandbox dev: there is one of that name$/],
  ['an empty name', ['--name', ''], /^Error: cannot name a sandbox "": it is empty$/],
  ['a name with a slash', ['a/b'], /only a-z, 0-9 and dashes inside are allowed$/],
  ['a name of dots', ['..'], /only a-z, 0-9 and dashes inside are allowed$/],
  ['a name that begins with a dash', ['--name', '-dev'], /it begins with a dash$/],
  ['a name of 300 characters', ['a'.repeat(300)], /it has 300 characters, 63 are allowed$/],
  ['two names', ['a', '--name', 'b'], /^Error: cannot create one sandbox with two names$/],
  ['an unknown image', ['--image', 'nope'], /^Error: cannot find image "nope": there are /],
  ['an image that is a path', ['--image', '../../etc/passwd'], /^Error: cannot find image /],
  ['no cpus', ['--cpus', '0'], /^Error: cannot give a sandbox 0 cpus: it needs at least 1$/],
  [
    'negative memory',
    ['--memory', '-512'],
    /^Error: cannot give a sandbox -512 MiB of memory: it needs at least 128 MiB$/,
  ],
  ['more cpus than the host has', ['--cpus', '4096'], /^Error: cannot give a sandbox 4096 cpus: this host has \d+$/],
  ['more memory than the host has', ['--memory', '9999G'], /of memory: this host has \d+ MiB$/],
  ['a disk larger than the host has', ['--disk-size', '99999999G'], /of disk: this host has \d+ MiB$/],
  ['a disk smaller than its image', ['--disk-size', '1'], /of disk: its image alone has \d+ MiB$/],
  [
    'a variable without a value',
    ['--env', 'NO_SUCH_VARIABLE'],
    /^Error: cannot read --env: it is not of the form KEY=VALUE$/,
  ],
  ['a file that is not here', ['--file', 'nope:/tmp/x'], /^Error: cannot take the file nope along: ENOENT/],
  ['a file to a relative path', ['--file', '/etc/hostname:x'], /^Error: cannot use the path "x": it is not absolute$/],
];
for (const [name, args, message] of refused) {
  test(`create refuses ${name}`, async () => {
    assertError(await lab.run(['create', ...args]), message);
    assert.deepEqual(await names(), ['dev']);
    assert.equal(readdirSync(vms()).length, 1);
  });
}

test('of two creates with one name at once, one wins', async () => {
  const both = await Promise.all([1, 2].map(() => lab.run(['create', 'twin', '-q'])));
  assert.deepEqual(both.map(({ code }) => code).sort(), [0, 125]);
  assert.match(both.map(({ stderr }) => stderr).join(''), /cannot name a sandbox twin: there is one of that name/);
  await lab.ok('destroy', 'twin');
});

test('Ctrl+C in the middle of create leaves nothing', async () => {
  for (const how of [[], ['--cold']]) {
    const create = lab.begin(['create', 'cut-off', ...how]);
    const ended = outcome(create);
    await until('the create has begun', async () => (await names()).includes('cut-off'));
    create.kill('SIGINT');
    const ran = await ended;
    if (ran.code === 0) {
      await lab.ok('destroy', 'cut-off'); // it was quicker than we
      continue;
    }
    assert.deepEqual([ran.code, ran.stdout], [130, '']);
    assert.match(ran.stderr, /Error: cannot finish: it was cancelled, and nothing of it is left/);
    assert.deepEqual(await names(), ['dev']);
    assert.equal(readdirSync(vms()).length, 1);
    assert.equal(processesIn(vms()).length, processesIn(join(vms(), String(readdirSync(vms())[0]))).length);
  }
});

test('an image that is cut short or no file system is refused with its reason', async () => {
  const images = String(lab.env.BHATTI_IMAGES_DIR);
  const folder = join(lab.scratch, 'images');
  mkdirSync(folder);
  for (const file of readdirSync(images).filter((one) => one.startsWith('vmlinux'))) {
    symlinkSync(join(images, file), join(folder, file));
  }
  const head = Buffer.alloc(1 << 20);
  const whole = openSync(join(images, 'rootfs-minimal-amd64.ext4'), 'r');
  readSync(whole, head);
  closeSync(whole);
  writeFileSync(join(folder, 'rootfs-short-amd64.ext4'), head);
  writeFileSync(join(folder, 'rootfs-text-amd64.ext4'), 'not a file system\n'.repeat(1000));
  const own = openLab({ BHATTI_IMAGES_DIR: folder });
  try {
    assertError(
      await own.run(['create', '--image', 'short']),
      /^Error: cannot use image .*: it is cut short: it has 1048576 bytes/,
    );
    assertError(
      await own.run(['create', '--image', 'text']),
      /^Error: cannot use image .*: it is no ext4 file system$/,
    );
    assert.match(await own.ok('image', 'list'), /^NAME +KIND[^\n]*\n$/);
    symlinkSync(join(images, 'rootfs-minimal-amd64.ext4'), join(folder, 'rootfs-dropped-amd64.ext4'));
    assert.match(await own.ok('image', 'list'), /^dropped +custom +amd64/m);
  } finally {
    await own.close();
  }
});

test('a sandbox that is gone, or was never there, is not found', async () => {
  for (const args of [
    ['exec', 'gone', '--', 'true'],
    ['shell', 'gone'],
    ['stop', 'gone'],
    ['destroy', 'gone'],
    ['logs', 'gone'],
    ['exec', '../etc', '--', 'true'],
  ]) {
    assertError(await lab.run(args), /^Error: cannot find sandbox "(gone|\.\.\/etc)": no name or id is like that$/);
  }
});

test('destroying more than one needs --yes where nobody can be asked', async () => {
  assertError(
    await lab.run(['destroy', 'dev', 'other']),
    /^Error: cannot destroy 2 sandboxes: nobody is there to be asked$/,
  );
  assert.deepEqual(await names(), ['dev']);
});

test('a write to a directory, a read of nothing, a port that nobody listens on', async () => {
  assertError(
    await lab.run(['file', 'write', 'dev', '/etc'], { input: 'x' }),
    /^Error: cannot write \/etc: it is a directory$/,
  );
  assertError(await lab.run(['file', 'read', 'dev', '/nope']), /^Error: cannot .*\/nope.*$/);
  assertError(await lab.run(['file', 'ls', 'dev', '/etc/hostname']), /^Error: cannot .*\/etc\/hostname.*$/);
  assertError(
    await lab.run(['file', 'cp', 'dev:/nope', '.']),
    /^Error: cannot copy dev:\/nope: there is no such file$/,
  );
  assertError(
    await lab.run(['file', 'cp', './nope', 'dev:/tmp']),
    /^Error: cannot copy \.\/nope: there is no such file$/,
  );
  assertError(await lab.run(['exec', 'dev', '-w', '/nope', '--', 'true']), /^Error: cannot run .*\/nope/);
  assertError(await lab.run(['exec', 'dev', '-u', 'nobody-there', '--', 'true']), /^Error: cannot .*nobody-there/);
  assertError(await lab.run(['shell', 'dev', '--session', 'nope']), /^Error: cannot .*nope/);
});

test('a large upload to a place where it cannot be is refused in the middle of it', async () => {
  writeFileSync(join(lab.scratch, 'large'), Buffer.alloc(64 << 20));
  assertError(await lab.run(['file', 'cp', 'large', 'dev:/proc/large']), /^Error: cannot write \/proc\/large: /);
  assertError(await lab.run(['file', 'cp', 'large', 'dev:/dev/shm/x/y']), /^Error: cannot write \/dev\/shm\/x\/y: /);
});

async function stateOf(name: string): Promise<{ state: string; reason: string; console: string[] }> {
  return JSON.parse(await lab.ok('inspect', name, '--json'));
}

test('a guest that powers itself off is stopped, and starts again', async () => {
  await lab.run(['exec', 'dev', '-u', 'root', '--', 'kill', '1']);
  await until('it is stopped', async () => (await stateOf('dev')).state === 'stopped');
  assert.equal((await stateOf('dev')).reason, 'guest powered off');
  assert.match(await lab.ok('list'), /^dev +stopped \(guest powered off\)/m);
  assertError(
    await lab.run(['exec', 'dev', '--', 'true']),
    /^Error: cannot reach dev: it is stopped \(guest powered off\)$/,
  );
  await lab.ok('start', 'dev');
});

test('a guest that panics is crashed, with its last lines, and starts again', async () => {
  await lab.run(['exec', 'dev', '-u', 'root', '--', 'sh', '-c', 'echo c > /proc/sysrq-trigger']);
  await until('it has crashed', async () => (await stateOf('dev')).state === 'crashed');
  const { reason, console } = await stateOf('dev');
  assert.match(reason, /^kernel panic/);
  assert.match(console.join('\n'), /sysrq triggered crash/);
  assertError(await lab.run(['exec', 'dev', '--', 'true']), /^Error: cannot reach dev: it has crashed \(kernel panic/);
  assert.match(await lab.ok('inspect', 'dev'), /^Last console lines:$[\s\S]*sysrq/m);
  await lab.ok('start', 'dev');
  await lab.ok('exec', 'dev', '--', 'true');
});

test('a full disk refuses a create, and harms no sandbox', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can mount a small file system');
  const mount = join(lab.scratch, 'small');
  mkdirSync(mount);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'none', mount]);
  t.after(() => execFileSync('umount', ['-l', mount]));
  const own = openLab({ BHATTI_DATA_DIR: join(mount, 'd') });
  try {
    await own.ok('list');
    const filler = join(mount, 'filler');
    assert.throws(() => writeFileSync(filler, Buffer.alloc(64 << 20)), { code: 'ENOSPC' });
    assertError(await own.run(['create', 'dev']), /^Error: cannot .*(disk|space|full)/i);
    rmSync(filler);
    assert.equal(await own.ok('list', '-q'), '');
    assert.deepEqual(filesIn(join(mount, 'd/engine/vms')), []);
  } finally {
    await own.close();
  }
});

test('words that are no verb or option of ours are refused without a daemon', async () => {
  for (const args of [
    ['frobnicate'],
    ['list', '--frobnicate'],
    ['create', 'a', 'b'],
    ['exec', 'dev'],
    ['file', 'frobnicate'],
  ]) {
    const { code, stdout, stderr } = await lab.run(args, { env: { BHATTI_DATA_DIR: '/nonexistent/nowhere' } });
    assert.deepEqual([code, stdout], [125, '']);
    assert.match(stderr, /^error: (unknown|too many|missing)/);
  }
});
