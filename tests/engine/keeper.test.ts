/** The real keeper program, with a shell in QEMU's place. */
import assert from 'node:assert/strict';
import { mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { Keeper } from '@bhatti/host/engine/keeper/control.ts';
import type { Job } from '@bhatti/keeper/job.ts';
import { until } from '../until.ts';
import { isRoot, KEEPER, processExists, scratchFolder } from './lab.ts';

function shell(script: string, also: Partial<Job> = {}): Job {
  return { program: '/bin/sh', argv: ['sh', '-c', script], descriptors: [], consoleLimit: 65536, ...also };
}

async function started(t: TestContext, job: Job, folder: string = scratchFolder(t)): Promise<[Keeper, string]> {
  const keeper = await Keeper.start(KEEPER, folder, job);
  t.after(async () => {
    keeper.kill();
    keeper.release();
    await keeper.gone;
  });
  return [keeper, folder];
}

test('the end of the child is told, and written for who comes later', async (t) => {
  const [keeper, folder] = await started(t, shell('echo out; echo why >&2; exit 3'));
  const end = await keeper.ended;
  await keeper.gone;
  assert.equal(end?.code, 3);
  assert.equal(end?.stderr, 'why\n');
  assert.deepEqual(JSON.parse(readFileSync(join(folder, 'exit.json'), 'utf8')), end);
  assert.equal(readFileSync(join(folder, 'console.log'), 'utf8'), 'out\n');
  assert.equal(await Keeper.find(folder), null);
});

test('kill ends the child by SIGKILL', async (t) => {
  const [keeper] = await started(t, shell('exec sleep 1000'));
  keeper.kill();
  assert.equal((await keeper.ended)?.signal, 9);
});

test('the child dies with its keeper, and nobody claims to know how', async (t) => {
  const [keeper] = await started(t, shell('exec sleep 1000'));
  const { keeper: pid, child } = keeper.state;
  process.kill(pid, 'SIGKILL');
  assert.equal(await keeper.ended, null);
  await until('the child is gone', () => child !== undefined && !processExists(child));
});

test('a second client finds the keeper and hears the same end', async (t) => {
  const folder = scratchFolder(t);
  const first = await Keeper.start(KEEPER, folder, shell('exec sleep 1000'));
  first.detach();
  const second = await Keeper.find(folder);
  assert.ok(second);
  assert.equal(second.state.child, first.state.child);
  second.kill();
  assert.equal((await second.ended)?.signal, 9);
});

test('a console without end stays small and keeps its last line', async (t) => {
  const [keeper, folder] = await started(t, shell('seq 1 400000; echo last'));
  await keeper.ended;
  const log = join(folder, 'console.log');
  assert.ok(statSync(log).size <= 65536 + 65536, `${statSync(log).size} bytes`);
  assert.ok(readFileSync(log, 'utf8').endsWith('400000\nlast\n'));
});

test('memory of a child that ended well is sealed and held', async (t) => {
  const job = shell('printf abc >&3', { descriptors: [{ kind: 'memory', size: 8192 }], hold: 0 });
  const [keeper] = await started(t, job);
  await keeper.ended;
  const { keeper: pid, heldAs, child } = keeper.state;
  assert.equal(child, undefined);
  const path = `/proc/${pid}/fd/${heldAs}`;
  assert.equal(readFileSync(path).subarray(0, 3).toString(), 'abc');
  assert.throws(() => writeSync(openSync(path, 'r+'), 'x', 0), { code: 'EPERM' });
  keeper.release();
  await keeper.gone;
  assert.ok(!processExists(pid));
});

test('memory of a child that failed is not held', async (t) => {
  const job = shell('exit 1', { descriptors: [{ kind: 'memory', size: 8192 }], hold: 0 });
  const [keeper] = await started(t, job);
  await keeper.gone;
  assert.equal(keeper.state.heldAs, undefined);
});

test('a socket of the job listens before anybody is told that it is ready', async (t) => {
  const job = shell('exec sleep 1000', { descriptors: [{ kind: 'listen', path: 's' }] });
  const [, folder] = await started(t, job);
  assert.equal(statSync(join(folder, 's')).mode & 0o777, 0o600);
});

test('a folder with a long name', async (t) => {
  const folder = join(scratchFolder(t), 'x'.repeat(120));
  mkdirSync(folder);
  const [keeper] = await started(t, shell('exit 0'), folder);
  assert.equal((await keeper.ended)?.code, 0);
});

test('the child has no capability and gets none back', { skip: !isRoot && 'only root has any' }, async (t) => {
  const user = { uid: 1_900_000_077, gid: 1_900_000_077, groups: [] };
  const [keeper, folder] = await started(
    t,
    shell('id -u; id -G; grep -E "Cap(Prm|Eff)|NoNew" /proc/self/status', { user }),
  );
  await keeper.ended;
  assert.equal(
    readFileSync(join(folder, 'console.log'), 'utf8').replaceAll('\t', ' '),
    '1900000077\n1900000077\nCapPrm: 0000000000000000\nCapEff: 0000000000000000\nNoNewPrivs: 1\n',
  );
});

const refused: [name: string, job: Job, message: RegExp][] = [
  [
    'a file that is not there',
    shell('', { descriptors: [{ kind: 'open', path: 'nosuch', access: 'r' }] }),
    /nosuch: ENOENT/,
  ],
  ['a program that is not there', { ...shell(''), program: '/nosuch' }, /nosuch: ENOENT/],
  ['a namespace that is not there', shell('', { netNamespace: '/proc/1/nosuch' }), /nosuch: ENOENT/],
  ['a broken job', { ...shell(''), argv: [] }, /argv is no list of words/],
];
for (const [name, job, message] of refused)
  test(`refuses ${name} and leaves nothing that runs`, async (t) => {
    const folder = scratchFolder(t);
    await assert.rejects(Keeper.start(KEEPER, folder, job), message);
    assert.equal(await Keeper.find(folder), null);
  });
