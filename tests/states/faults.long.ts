/** What may happen to a host: everything stands still for a minute, everybody comes at once, the disk is full. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type Lab, openLab } from '../cli/lab.ts';
import { processesIn } from '../engine/leftovers.ts';
import { until } from '../until.ts';

const STANDSTILL_MS = 60_000;
const CLOCK_TOLERANCE_MS = 50;
const NAMES = ['a', 'b', 'c', 'd'];
const EACH = 25;
/** A sandbox of 8 GiB must fit, or is refused. */
const DISK = '9g';
/** For the records of what runs, and not for a memory. */
const ROOM_LEFT = 8 * 2 ** 20;
let lab: Lab;

before(async () => {
  lab = openLab();
  for (const name of NAMES) await lab.ok('create', name);
});
after(() => lab.close());

test(`everybody comes at once: ${NAMES.length * EACH} commands to ${NAMES.length} sandboxes that stand still are answered`, async () => {
  await lab.ok('pause', ...NAMES);
  const calls = NAMES.flatMap((name) => Array.from({ length: EACH }, () => lab.ok('exec', name, '--', 'hostname')));
  const answers = await Promise.all(calls);
  assert.deepEqual(
    answers,
    NAMES.flatMap((name) => Array(EACH).fill(`${name}\n`)),
  );
});

test('everything stands still for a minute and goes on, with the right time', async () => {
  const all = [...processesIn(lab.dataDir).map(Number), lab.daemonPid()];
  for (const pid of all) process.kill(pid, 'SIGSTOP');
  const from = Date.now();
  await until('a minute has passed', () => Date.now() - from > STANDSTILL_MS, 2 * STANDSTILL_MS);
  for (const pid of all) process.kill(pid, 'SIGCONT');
  for (const name of NAMES) {
    const earliest = Date.now();
    const now = Number(await lab.ok('exec', name, '--', 'date', '+%s%3N'));
    assert.ok(now >= earliest - CLOCK_TOLERANCE_MS && now <= Date.now() + CLOCK_TOLERANCE_MS, `${now - earliest} ms`);
  }
});

test('a full disk makes no snapshot; the sandbox goes on, and is kept when there is room', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can mount a small file system');
  const mount = join(lab.scratch, 'small');
  mkdirSync(mount);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'none', mount]);
  const resize = (size: string | number) => execFileSync('mount', ['-o', `remount,size=${size}`, mount]);
  t.after(() => execFileSync('umount', ['-l', mount]));
  const own = openLab({ BHATTI_DATA_DIR: join(mount, 'd') });
  try {
    await own.ok('create', 'dev');
    const { id } = JSON.parse(await own.ok('inspect', 'dev', '--json'));
    const files = () => readdirSync(join(mount, 'd/engine/vms', id)).sort();
    const before = files();
    const { blocks, bfree, bsize } = statfsSync(mount);
    resize((blocks - bfree) * bsize + ROOM_LEFT);
    for (const round of [1, 2, 3]) {
      const { code, stderr } = await own.run(['snapshot', 'create', 'dev']);
      assert.equal(code, 125, `round ${round}`);
      assert.match(stderr, /^Error: cannot copy the memory: the disk is full/m);
      assert.equal(await own.ok('exec', 'dev', '--', 'sh', '-c', 'echo x >>~/x; sync; wc -l <~/x'), `${round}\n`);
    }
    assert.deepEqual(files(), before);
    assert.deepEqual(readdirSync(join(mount, 'd/engine/snapshots')), []);
    resize(DISK);
    await own.ok('snapshot', 'create', 'dev');
    await own.ok('snapshot', 'restore', 'dev', '--yes');
    assert.equal(await own.ok('exec', 'dev', '--', 'sh', '-c', 'wc -l <~/x'), '3\n');
  } finally {
    await own.close();
  }
});
