/** The process that holds the engine is killed with SIGKILL; the next one finds everything as it is. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { Keeper } from '@bhatti/host/engine/keeper/control.ts';
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import { until } from '../until.ts';
import { flip } from './flip.ts';
import { dyingDaemon, engineSettings, never, processExists, quiet, shell, smallSpec } from './lab.ts';
import { filesIn, processesIn, vmFolder } from './leftovers.ts';

const folder = mkdtempSync(join(tmpdir(), 'bhatti-adopt-'));
let engine: QemuEngine | null = null;

after(async () => {
  await engine?.prune();
  await engine?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a daemon, the only one at the time, waits until it says that it is ready, and kills it. */
async function daemonThatDies(...args: string[]): Promise<void> {
  await closeEngine();
  const child = await dyingDaemon(folder, ...args);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function closeEngine(): Promise<void> {
  await engine?.close();
  engine = null;
}

async function nextDaemon(): Promise<QemuEngine> {
  await closeEngine();
  engine = new QemuEngine(await engineSettings(folder));
  return engine;
}

async function childOf(id: string): Promise<number> {
  const keeper = await Keeper.find(vmFolder(folder, id));
  const pid = keeper?.state.child;
  keeper?.detach();
  assert.ok(pid, `${id} has no QEMU`);
  return pid;
}

test('what runs is taken over, what ended is known by its reason, what nobody knows goes', async () => {
  await daemonThatDies('machines', 'kept', 'killed', 'off', 'orphan');
  const orphan = await childOf('orphan');
  process.kill(await childOf('killed'), 'SIGKILL');
  await until('its keeper has written why', async () => (await Keeper.find(vmFolder(folder, 'killed'))) === null);
  const first = await nextDaemon();
  const statuses = await first.adopt(['kept', 'killed', 'off', 'unheard-of']);
  const byId = new Map(statuses.map((status) => [status.id, status]));
  assert.deepEqual([...byId.keys()].toSorted(), ['kept', 'killed', 'off']);
  assert.equal(byId.get('kept')?.state, 'running');
  assert.deepEqual(byId.get('killed'), { id: 'killed', state: 'crashed', reason: 'QEMU died: SIGKILL' });
  assert.ok(!processExists(orphan));
  assert.deepEqual(filesIn(vmFolder(folder, 'orphan')), []);
  assert.equal((await shell(await first.agent('kept'), 'echo still here')).output, 'still here\n');
});

test('a guest that reboots while no daemon is there has not crashed', async () => {
  const before = await nextDaemon();
  await before.adopt(['kept', 'killed', 'off']);
  await shell(await before.agent('off'), 'setsid sh -c "sleep 1; kill -INT 1" > /dev/null 2>&1 &');
  await before.close();
  const pid = await childOf('off').catch(() => 0);
  await until('its QEMU has ended', () => pid === 0 || !processExists(pid));
  await until('its keeper has written why', async () => (await Keeper.find(vmFolder(folder, 'off'))) === null);
  const statuses = await (await nextDaemon()).adopt(['kept', 'killed', 'off']);
  const off = statuses.find(({ id }) => id === 'off');
  assert.deepEqual(off, { id: 'off', state: 'stopped', reason: 'guest powered off or rebooted' });
});

test('the template and the network are found again', async () => {
  const templates = readdirSync(join(folder, 'templates'));
  const network = await Keeper.find(join(folder, 'network'));
  const next = await nextDaemon();
  await next.adopt(['kept']);
  const report = await next.create(await smallSpec('new'), quiet, never);
  assert.equal(report.from, 'template');
  assert.deepEqual(readdirSync(join(folder, 'templates')), templates);
  const after = await Keeper.find(join(folder, 'network'));
  assert.equal(after?.state.keeper, network?.state.keeper);
  network?.detach();
  after?.detach();
  await next.destroy('new');
});

test('a template whose keeper has gone, as all do when the host boots, is read from disk', async () => {
  const [name = ''] = readdirSync(join(folder, 'templates'));
  const template = join(folder, 'templates', name);
  await until('it is on disk', () => existsSync(join(template, 'memory.json')));
  const { ino } = statSync(join(template, 'state'));
  for (const damaged of [false, true]) {
    (await Keeper.find(template))?.release();
    await until('its keeper has gone', () => processesIn(template).length === 0);
    if (damaged) flip(join(template, 'memory'), JSON.parse(readFileSync(join(template, 'memory.json'), 'utf8')));
    const next = await nextDaemon();
    await next.adopt(['kept']);
    const { from } = await next.create(await smallSpec('new'), quiet, never);
    const states = readdirSync(join(folder, 'templates')).map(
      (one) => statSync(join(folder, 'templates', one, 'state')).ino,
    );
    assert.deepEqual([from, states.length, states[0] === ino], ['template', 1, !damaged], `damaged: ${damaged}`);
    await next.destroy('new');
  }
});

test('a template that was not finished goes', async () => {
  const whole = readdirSync(join(folder, 'templates'));
  await daemonThatDies('template', '384');
  assert.equal(readdirSync(join(folder, 'templates')).length, whole.length + 1);
  const next = await nextDaemon();
  await next.adopt(['kept']);
  assert.deepEqual(readdirSync(join(folder, 'templates')), whole);
});

test('all of it can be taken away', async () => {
  const next = await nextDaemon();
  await next.adopt(['kept']);
  await next.destroy('kept');
  await next.prune();
  await until('its processes have ended', () => processesIn(folder).length === 0);
  assert.deepEqual(filesIn(join(folder, 'vms')), []);
});
