/** Clones that are prepared ahead: what they are when they are taken, what they cost while they wait, what is left of them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { Keeper } from '@bhatti/host/engine/keeper/control.ts';
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import type { VmReport, VmSpec } from '@bhatti/host/ports/engine.ts';
import { mebibytes } from '@bhatti/wire/units.ts';
import { until } from '../until.ts';
import { Identities } from './identities.ts';
import {
  CLONES_MS,
  dyingDaemon,
  engineSettings,
  minimalImage,
  never,
  processExists,
  quiet,
  shell,
  smallSpec,
} from './lab.ts';
import { filesIn, processesIn, vmFolder } from './leftovers.ts';

const folder = mkdtempSync(join(tmpdir(), 'bhatti-pool-'));
const poolFolder = join(folder, 'pool');
let engine: QemuEngine;

async function nextEngine(): Promise<void> {
  engine = new QemuEngine({ ...(await engineSettings(folder)), pool: { clones: 2, memoryMib: 1024 } });
  await engine.adopt([]);
}

before(nextEngine);
after(async () => {
  await engine.prune();
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function create(id: string, also: Partial<VmSpec> = {}): Promise<VmReport> {
  return engine.create(await smallSpec(id, also), quiet, never);
}

async function output(id: string, script: string): Promise<string> {
  return (await shell(await engine.agent(id), script)).output.trim();
}

function clones(count: number): Promise<void> {
  return until(`${count} clones wait`, () => engine.pool().length === count, CLONES_MS);
}

/** QEMUs of the clones that wait. */
async function waitingQemus(): Promise<number[]> {
  const keepers = await Promise.all(readdirSync(poolFolder).map((name) => Keeper.find(join(poolFolder, name))));
  for (const keeper of keepers) keeper?.detach();
  return keepers.map((keeper) => keeper?.state.child ?? 0);
}

/** Ticks of processor time (proc_pid_stat(5)). */
function ticks(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13) ?? [];
  return Number(user) + Number(system);
}

test('the first sandbox of a shape is a fork, and a clone is made for the next', async () => {
  assert.equal((await create('first')).from, 'template');
  await clones(1);
  assert.deepEqual(
    engine.pool().map(({ cpus, memoryMib }) => [cpus, memoryMib]),
    [[1, 512]],
  );
  assert.ok(!readdirSync(join(folder, 'vms')).some((id) => id !== 'first'), 'a clone is no sandbox');
});

test('a clone that waits takes no processor', async () => {
  const [pid = 0] = await waitingQemus();
  await until('it is at rest', async () => {
    const from = ticks(pid);
    await output('first', 'sleep 0.5');
    return ticks(pid) === from;
  });
});

test('sandboxes of the pool share nothing that must be their own, and tell the right time', async () => {
  const seen = new Identities();
  const ids = ['one', 'two', 'three', 'four'];
  for (const id of ids) {
    await until('a clone waits', () => engine.pool().length > 0, CLONES_MS);
    const report = await create(id);
    assert.equal(report.from, 'pool');
    assert.deepEqual(
      report.prepared.filter(({ ok }) => !ok),
      [],
    );
    await seen.add(id, (script) => output(id, script));
  }
  seen.allDiffer(ids);
  const networks = await Promise.all(
    ['first', ...ids].map(async (id) => readlinkSync(`/proc/${(await engine.status(id)).pid}/ns/net`)),
  );
  assert.equal(new Set(networks).size, 1, 'a clone is in the network of all sandboxes');
  for (const id of ids) await engine.destroy(id);
});

test('a burst makes as many clones as are allowed, and two creates at once get one each', async () => {
  await clones(2);
  const reports = await Promise.all(['left', 'right'].map((id) => create(id)));
  assert.deepEqual(
    reports.map(({ from }) => from),
    ['pool', 'pool'],
  );
  assert.notEqual(await output('left', 'cat /etc/machine-id'), await output('right', 'cat /etc/machine-id'));
  for (const id of ['left', 'right']) await engine.destroy(id);
});

test('environment and disk size are given when a clone is taken', async () => {
  await clones(2);
  const diskMib = mebibytes((await minimalImage()).sizeMib + 2048);
  const report = await create('late', { env: { COLOUR: 'blue' }, diskMib });
  assert.equal(report.from, 'pool');
  const [colour, blocks] = (await output('late', 'echo $COLOUR; df -BM --output=size / | tail -1 | tr -dc 0-9')).split(
    '\n',
  );
  assert.equal(colour, 'blue');
  assert.ok(Number(blocks) > diskMib * 0.9, `${blocks} MiB`);
});

test('what came from the pool starts again after a stop, as itself', async () => {
  const machineId = await output('late', 'cat /etc/machine-id; touch /kept');
  await engine.stop('late', { force: false, timeoutMs: 20_000 });
  await engine.start(await smallSpec('late'), quiet, never);
  assert.equal(await output('late', 'cat /etc/machine-id; ls /kept'), `${machineId}\n/kept`);
  await engine.destroy('late');
});

test('--cold takes no clone', async () => {
  assert.equal((await create('cold', { cold: true })).from, 'cold');
  await engine.destroy('cold');
});

test('a clone whose QEMU dies costs nobody a sandbox', async () => {
  for (const pid of await waitingQemus()) process.kill(pid, 'SIGKILL');
  assert.notEqual((await create('after')).from, 'cold');
  await engine.destroy('after');
  await until('the dead are gone, others wait', async () => {
    const pids = await waitingQemus();
    return pids.length > 0 && pids.every(processExists);
  });
});

test('the pool is empty when its template goes, and after prune', async () => {
  await until('clones wait', () => engine.pool().length > 0, CLONES_MS);
  await engine.forgetImage((await minimalImage()).image);
  assert.deepEqual(engine.pool(), []);
  assert.deepEqual(filesIn(poolFolder), []);
  await create('again');
  await until('clones wait', () => engine.pool().length > 0, CLONES_MS);
  await engine.prune();
  assert.deepEqual([engine.pool(), filesIn(poolFolder), filesIn(join(folder, 'templates'))], [[], [], []]);
  for (const id of ['first', 'again']) await engine.destroy(id);
});

test('clones of a daemon that was killed are gone when the next one has begun', async () => {
  await engine.close();
  const child = await dyingDaemon(folder, 'pool', 'kept');
  const [clone = 0] = await waitingQemus();
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(processExists(clone), 'it waits although nobody is there');
  engine = new QemuEngine({ ...(await engineSettings(folder)), pool: { clones: 1, memoryMib: 1024 } });
  await engine.adopt(['kept']);
  assert.ok(!processExists(clone));
  assert.deepEqual(filesIn(poolFolder), []);
  assert.ok(processesIn(vmFolder(folder, 'kept')).length > 0);
  await engine.destroy('kept');
});

test('a daemon that ends takes its clones with it', async () => {
  await create('last');
  await clones(1);
  await engine.close();
  assert.deepEqual(filesIn(poolFolder), []);
  assert.deepEqual(processesIn(poolFolder), []);
  await nextEngine();
  await engine.destroy('last');
});
