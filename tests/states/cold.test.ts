/** A sandbox whose memory is on disk: no process is left of it, and the next request lets it go on where it was. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type Lab, openLab } from '../cli/lab.ts';
import { flip } from '../engine/flip.ts';
import { processesIn } from '../engine/leftovers.ts';
import { until } from '../until.ts';

const CLOCK_TOLERANCE_MS = 50;
let lab: Lab;

before(async () => {
  lab = openLab();
  await lab.ok('create', 'dev', '--init', 'while :; do echo x >>/dev/shm/counter; sleep 0.05; done');
  await exec('dev', 'head -c 8M /dev/urandom >/dev/shm/noise; sha256sum /dev/shm/noise >/dev/shm/sum');
});
after(() => lab.close());

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly wake: { from: string; sleptMs: number; steps: { name: string; ok: boolean }[] };
}
const shown = async (name: string): Promise<Shown> => JSON.parse(await lab.ok('inspect', name, '--json'));
const exec = (name: string, script: string): Promise<string> => lab.ok('exec', name, '--', 'sh', '-c', script);
const count = async (): Promise<number> => Number(await exec('dev', 'wc -l </dev/shm/counter'));
const folderOf = async (name: string): Promise<string> => join(lab.dataDir, 'engine/vms', (await shown(name)).id);

test('saved, it has no process; asked for something, it goes on with all it had', async () => {
  for (const _ of ['from its template', 'from what was saved before']) {
    const before = await count();
    assert.equal(await lab.ok('stop', 'dev'), 'sandbox/dev saved\n');
    assert.match(await lab.ok('list'), /^dev +cold/m);
    assert.deepEqual(processesIn(await folderOf('dev')), []);
    const from = Date.now();
    const now = Number(await exec('dev', 'date +%s%3N'));
    assert.ok(now >= from - CLOCK_TOLERANCE_MS && now <= Date.now() + CLOCK_TOLERANCE_MS, `${now - from} ms`);
    assert.equal(await exec('dev', 'sha256sum --check --quiet /dev/shm/sum && echo same'), 'same\n');
    assert.ok((await count()) > before);
    const { state, wake } = await shown('dev');
    assert.deepEqual(
      [state, wake.from, wake.steps.map(({ name, ok }) => `${name} ${ok}`)],
      ['running', 'cold', ['random seed true', 'clock true', 'timers true', 'dead connections true']],
    );
    assert.deepEqual(
      readdirSync(await folderOf('dev')).filter((name) => /saved|spent/.test(name)),
      [],
    );
  }
});

test('it outlives its daemon, and of many who ask at once one wakes it', async () => {
  await lab.ok('stop', 'dev');
  const before = await shown('dev');
  await lab.endDaemon('SIGKILL');
  assert.equal((await shown('dev')).state, 'cold');
  assert.equal((await shown('dev')).id, before.id);
  const all = await Promise.all(Array.from({ length: 10 }, () => exec('dev', 'echo awake')));
  assert.deepEqual(all, Array(10).fill('awake\n'));
  assert.equal(processesIn(await folderOf('dev')).length, 2, 'a keeper and its QEMU');
});

test("what a daemon left that died in the middle of a save or a wake is gone, and in nobody's way", async () => {
  const folderOfDev = await folderOf('dev');
  const left = ['saved.new', 'spent'].map((name) => join(folderOfDev, name));
  for (const folder of left) {
    mkdirSync(folder);
    writeFileSync(join(folder, 'memory'), 'a part');
  }
  await lab.endDaemon('SIGKILL');
  assert.equal((await shown('dev')).state, 'running');
  for (const folder of left) assert.ok(!existsSync(folder), folder);
  await lab.ok('stop', 'dev');
  assert.equal(await exec('dev', 'echo awake'), 'awake\n');
});

test('what is broken or of another machine is refused before anything runs, and nothing of it is lost', async () => {
  await lab.ok('stop', 'dev');
  const saved = join(await folderOf('dev'), 'saved');
  const aside = join(saved, '../aside');
  const manifest = JSON.parse(readFileSync(join(saved, 'saved.json'), 'utf8'));
  const told = (change: object): string => JSON.stringify({ ...manifest, ...change });
  const flipped = Buffer.from(readFileSync(join(saved, 'devices')));
  flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 1;
  const faults: [name: string, file: string, content: string | Buffer, said: RegExp][] = [
    ['memory cut short', 'memory', 'x'.repeat(4096), /it has 4096 bytes of 536870912$/m],
    ['devices of 0 bytes', 'devices', '', /its devices are cut short$/m],
    ['devices with another bit', 'devices', flipped, /its devices are not what was written$/m],
    ['a manifest that is none', 'saved.json', '', /its saved\.json cannot be read/m],
    ['another QEMU', 'saved.json', told({ key: 'other', qemu: '6.2.0' }), /saved by another QEMU \(6\.2\.0\)/m],
    [
      'another network',
      'saved.json',
      told({ network: 'none' }),
      /it had no network, and this host gives it a network$/m,
    ],
  ];
  for (const [name, file, content, said] of faults) {
    renameSync(join(saved, file), aside);
    writeFileSync(join(saved, file), content);
    const { code, stderr } = await lab.run(['exec', 'dev', '--', 'true']);
    renameSync(aside, join(saved, file));
    assert.equal(code, 125, name);
    assert.match(stderr, said, name);
    assert.match(stderr, /^Try: .*bhatti start --cold-boot/m, name);
    assert.equal((await shown('dev')).state, 'cold', name);
    assert.deepEqual(processesIn(await folderOf('dev')), [], name);
  }
  assert.equal(await exec('dev', 'sha256sum --check --quiet /dev/shm/sum && echo same'), 'same\n');
});

test('a flipped byte of the memory is found when it is looked for, and remembered', async () => {
  const saved = join(await folderOf('dev'), 'saved');
  const sums = join(saved, 'sums.json');
  const stopped = async (): Promise<void> => {
    await lab.ok('stop', 'dev');
    await until('it is summed', () => existsSync(sums));
  };
  await stopped();
  assert.equal(await lab.ok('start', 'dev', '--verify'), 'sandbox/dev started\n');

  await stopped();
  const manifest = JSON.parse(readFileSync(join(saved, 'saved.json'), 'utf8'));
  flip(join(saved, 'memory'), manifest);
  for (const ask of [
    ['start', 'dev', '--verify'],
    ['exec', 'dev', '--', 'true'],
  ]) {
    const { code, stderr } = await lab.run(ask);
    assert.equal(code, 125);
    assert.match(stderr, /1 of its \d+ MiB of data are not what was written, the first at byte \d+$/m);
    assert.match(stderr, /^Try: .*bhatti start --cold-boot/m);
  }

  flip(join(saved, 'memory'), manifest);
  rmSync(sums);
  await lab.endDaemon('SIGKILL');
  assert.equal((await shown('dev')).state, 'cold');
  await until('it is summed by the next daemon', () => existsSync(sums));
  assert.equal(await exec('dev', 'sha256sum --check --quiet /dev/shm/sum && echo same'), 'same\n');
});

test('a cold boot gives the memory up and keeps the disk', async () => {
  await exec('dev', 'echo kept >~/file; sync');
  await lab.ok('stop', 'dev');
  assert.equal(await lab.ok('start', 'dev', '--cold-boot'), 'sandbox/dev started\n');
  assert.equal(await exec('dev', 'cat ~/file; test -e /dev/shm/noise || echo gone'), 'kept\ngone\n');
});

test('a boot of two processors can be saved, too; stopped while it is cold it powers off in order', async () => {
  await lab.ok('create', 'two', '--cold', '--cpus', '2');
  await exec('two', 'echo in memory >/dev/shm/file; echo on disk >~/file');
  await lab.ok('stop', 'two');
  assert.equal(await exec('two', 'cat /dev/shm/file; nproc'), 'in memory\n2\n');
  await lab.ok('stop', 'two');
  await lab.ok('stop', 'two', '--poweroff');
  assert.match(await lab.ok('list'), /^two +stopped/m);
  await lab.ok('start', 'two');
  assert.equal(await exec('two', 'cat ~/file'), 'on disk\n');
});

test('killed while it is cold, it is stopped, and nothing of its memory stays', async () => {
  await lab.ok('stop', 'dev');
  await lab.ok('stop', 'dev', '--force');
  assert.match(await lab.ok('list'), /^dev +stopped/m);
  assert.deepEqual(
    readdirSync(await folderOf('dev')).filter((name) => name.startsWith('saved')),
    [],
  );
});
