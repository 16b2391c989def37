/** A sandbox kept as it was at one instant: it is set back to that, others are made of it, and each stands by itself. */
import assert from 'node:assert/strict';
import { chownSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { qcow2Overlay } from '@bhatti/host/engine/qemu/qcow2.ts';
import { copyMemory } from '@bhatti/host/engine/saved/copy-memory.ts';
import { readManifest } from '@bhatti/host/engine/saved/saved-state.ts';
import { type Lab, openLab } from '../cli/lab.ts';
import { processesIn } from '../engine/leftovers.ts';
import { until } from '../until.ts';

let lab: Lab;

before(async () => {
  lab = openLab();
  await lab.ok('create', 'dev', '--init', 'while :; do echo x >>/dev/shm/counter; sleep 0.05; done');
  await write('dev', 'one');
});
after(() => lab.close());

const exec = (name: string, script: string): Promise<string> => lab.ok('exec', name, '--', 'sh', '-c', script);
/** In memory, and on the disk. */
const write = (name: string, word: string): Promise<string> =>
  exec(name, `echo ${word} >/dev/shm/word; echo ${word} >~/word; sync`);
const words = (name: string): Promise<string> =>
  exec(name, 'sudo sh -c "echo 1 >/proc/sys/vm/drop_caches"; cat /dev/shm/word ~/word');
const kept = (): string => join(lab.dataDir, 'engine/snapshots');
const folderOf = (name: string): string => {
  const found = readdirSync(kept()).find((id) => {
    const { told } = JSON.parse(readFileSync(join(kept(), id, 'snapshot.json'), 'utf8'));
    return told.name === name;
  });
  return join(kept(), found ?? 'none');
};

test('it goes on after a snapshot, and is set back to it, processes and all', async () => {
  assert.match(
    await lab.ok('snapshot', 'create', 'dev'),
    /^snapshot\/dev\/snapshot-1 created \(in \d+\.\d s; dev stood still for \d+ ms\)$/m,
  );
  await write('dev', 'two');
  await lab.ok('snapshot', 'create', 'dev', '--name', 'later');
  await write('dev', 'three');
  const machineId = await exec('dev', 'cat /etc/machine-id');
  assert.equal(await lab.ok('snapshot', 'list', '-q'), 'dev/snapshot-1\ndev/later\n');
  for (const [snapshot, word] of [
    ['dev/snapshot-1', 'one'],
    ['dev', 'two'],
  ] as const) {
    assert.match(await lab.ok('snapshot', 'restore', snapshot, '--yes'), /^sandbox\/dev restored/);
    assert.equal(await words('dev'), `${word}\n${word}\n`);
    assert.equal(await exec('dev', 'cat /etc/machine-id'), machineId);
    assert.ok(Math.abs(Number(await exec('dev', 'date +%s')) - Date.now() / 1000) < 5);
    assert.equal(
      await exec(
        'dev',
        'n=$(wc -l </dev/shm/counter); until [ $(wc -l </dev/shm/counter) -gt $n ]; do :; done; echo on',
      ),
      'on\n',
    );
  }
});

test('it keeps what differs from its template, in a fraction of the room', async () => {
  const bytes = (path: string): number => statSync(path).blocks * 512;
  const [first = '', later = ''] = ['snapshot-1', 'later'].map(folderOf);
  for (const folder of [first, later]) {
    await until('it stands on its template', () => readdirSync(folder).includes('changes.json'));
    await until('its whole memory has gone', () => !readdirSync(folder).includes('memory'));
    assert.ok(bytes(join(folder, 'changes')) < bytes(join(folder, 'base')) / 3);
  }
  assert.equal(statSync(join(first, 'base')).ino, statSync(join(later, 'base')).ino);
  await lab.ok('fork', 'dev/later', 'again');
  assert.equal(await words('again'), 'two\ntwo\n');
  await lab.ok('destroy', 'again');
});

test('others are made of it, which outlive it, its sandbox and the daemon', async () => {
  await lab.ok('fork', 'dev/snapshot-1', 'one');
  await lab.ok('destroy', 'dev');
  const { code, stderr } = await lab.run(['snapshot', 'restore', 'dev/later', '--yes']);
  assert.equal(code, 125);
  assert.match(stderr, /^Error: cannot set dev back: it is not there any more\nTry: bhatti fork dev\/later /m);
  await lab.endDaemon('SIGKILL');
  await lab.ok('fork', 'dev/later', 'two');
  await lab.ok('snapshot', 'delete', 'dev/later', 'dev/snapshot-1', '--yes');
  assert.deepEqual(readdirSync(kept()), []);
  for (const name of ['one', 'two']) {
    assert.equal(await words(name), `${name}\n${name}\n`);
    assert.equal(await exec(name, 'hostname'), `${name}\n`);
  }
});

test('a restore that a daemon did not live to finish is finished by the next', async () => {
  await lab.ok('snapshot', 'create', 'one', '--name', 'cut');
  await write('one', 'later');
  const { id, pid } = JSON.parse(await lab.ok('inspect', 'one', '--json'));
  const folder = join(lab.dataDir, 'engine/vms', id);
  const [snapshot = ''] = readdirSync(kept());
  // What stands there when all is laid, and the machine was ended.
  const laid = join(folder, 'saved.new');
  mkdirSync(laid);
  for (const file of ['devices', 'saved.json']) copyFileSync(join(kept(), snapshot, file), join(laid, file));
  const manifest = await readManifest(join(kept(), snapshot));
  await copyMemory(join(kept(), snapshot), manifest, join(laid, 'memory'), new AbortController().signal);
  chownSync(join(laid, 'memory'), statSync(`/proc/${pid}`).uid, statSync(`/proc/${pid}`).gid);
  const { layers } = JSON.parse(readFileSync(join(folder, 'vm.json'), 'utf8'));
  writeFileSync(
    join(laid, 'layers.json'),
    JSON.stringify(layers.slice(0, -1).concat({ path: join(folder, 'top.qcow2'), format: 'qcow2' })),
  );
  const backing = layers.at(-2);
  writeFileSync(join(folder, 'top.qcow2'), qcow2Overlay({ virtualSize: 8192 * 1024 * 1024, backing }));
  await lab.endDaemon('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await until('it has ended', () => processesIn(folder).length === 0);
  assert.match(await lab.ok('list'), /^one +cold/m);
  assert.equal(await words('one'), 'one\none\n');
  await lab.ok('snapshot', 'delete', 'one/cut');
});

test('what is broken is found before anything runs, and its sandbox goes on', async () => {
  await lab.ok('snapshot', 'create', 'two', '--name', 'bad');
  const folder = join(kept(), readdirSync(kept())[0] ?? '');
  const before = processesIn(lab.dataDir).length;
  const refused = async (said: RegExp): Promise<void> => {
    for (const args of [
      ['fork', 'two/bad', 'x'],
      ['snapshot', 'restore', 'two/bad', '--yes'],
    ]) {
      const { code, stderr } = await lab.run(args);
      assert.equal(code, 125, args.join(' '));
      assert.match(stderr, said);
    }
    assert.equal(await exec('two', 'cat /dev/shm/word'), 'two\n');
    assert.equal((await lab.ok('list', '-q')).trim(), 'one\ntwo');
    assert.equal(processesIn(lab.dataDir).length, before);
  };
  await until('it is summed', () => readdirSync(folder).includes('sums.json'));
  const devices = readFileSync(join(folder, 'devices'));
  writeFileSync(join(folder, 'devices'), devices.subarray(1));
  await refused(/its devices are cut short$/m);
  writeFileSync(join(folder, 'devices'), devices);
  const sums = JSON.parse(readFileSync(join(folder, 'sums.json'), 'utf8'));
  writeFileSync(
    join(folder, 'sums.json'),
    JSON.stringify({ sums: sums.sums.map((sum: number, at: number) => (at === 3 ? 0 : sum)) }),
  );
  await refused(/1 of its \d+ MiB of data are not what was written/m);
  assert.deepEqual(readdirSync(join(lab.dataDir, 'engine/vms')).length, 2);
});

test('a sandbox is branched as often as one likes: its disk keeps few layers, and all that was written', async () => {
  const { id } = JSON.parse(await lab.ok('inspect', 'two', '--json'));
  const layers = () =>
    readdirSync(join(lab.dataDir, 'engine/vms', id)).filter((name) => name.endsWith('.qcow2')).length;
  const rounds = Array.from({ length: 8 }, (_, round) => String(round));
  const all = `${rounds.join('\n')}\n`;
  for (const round of rounds) {
    await exec('two', `echo ${round} >~/round-${round}; sync`);
    await lab.ok('snapshot', 'create', 'two', '--name', `of-${round}`);
    if (round !== '3') await lab.ok('snapshot', 'delete', `two/of-${round}`);
  }
  const read = 'sudo sh -c "echo 1 >/proc/sys/vm/drop_caches"; cat $(ls -tr ~/round-*)';
  assert.equal(await exec('two', read), all);
  await until('its layers are merged', () => layers() < 6);
  await lab.ok('stop', 'two', '--poweroff');
  await lab.ok('start', 'two');
  assert.equal(await exec('two', read), all);
  await lab.ok('fork', 'two/of-3', 'third');
  assert.equal(await exec('third', read), '0\n1\n2\n3\n'); // no merge has written to what it shares
});
