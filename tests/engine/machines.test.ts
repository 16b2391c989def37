/** Real machines of the minimal tier: made, forked, ended in every way, taken away. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { Keeper } from '@bhatti/host/engine/keeper/control.ts';
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import type { VmStatus } from '@bhatti/host/ports/engine.ts';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { mebibytes } from '@bhatti/wire/units.ts';
import { until } from '../until.ts';
import { Identities } from './identities.ts';
import { engineSettings, minimalImage, never, quiet, shell, smallSpec } from './lab.ts';
import { filesIn, netNamespaces, processesIn, vmFolder } from './leftovers.ts';

const folder = mkdtempSync(join(tmpdir(), 'bhatti-machines-'));
/** Of the engine's own: other tests make some meanwhile. */
const namespaces = new Set<string>();
const ended: VmStatus[] = [];
let engine: QemuEngine;

before(async () => {
  engine = new QemuEngine(await engineSettings(folder));
  await engine.adopt([]);
  engine.onExit((status) => ended.push(status));
});

after(async () => {
  await engine.prune();
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

function noteNamespaces(): void {
  const others = netNamespaces(['self']);
  for (const one of netNamespaces(processesIn(folder)).difference(others)) namespaces.add(one);
}

async function withMachine(id: string, run: () => Promise<void>, also = {}): Promise<void> {
  try {
    await engine.create(await smallSpec(id, also), quiet, never);
    noteNamespaces();
    await run();
  } finally {
    await engine.destroy(id);
  }
}

async function output(id: string, script: string): Promise<string> {
  return (await shell(await engine.agent(id), script)).output.trim();
}

/** sha256 of the one template's sealed memory. */
async function templateHash(): Promise<string> {
  const [name] = readdirSync(join(folder, 'templates'));
  const keeper = await Keeper.find(join(folder, 'templates', String(name)));
  assert.ok(keeper?.state.heldAs);
  const hash = createHash('sha256');
  for await (const part of createReadStream(`/proc/${keeper.state.keeper}/fd/${keeper.state.heldAs}`))
    hash.update(part);
  keeper.detach();
  return hash.digest('hex');
}

test('two creates at once make one template and fork it', async () => {
  const specs = [await smallSpec('first'), await smallSpec('second')];
  const reports = await Promise.all(specs.map((spec) => engine.create(spec, quiet, never)));
  assert.deepEqual(
    reports.map(({ from, accelerator, hello }) => [from, accelerator, hello.clockSource, hello.booted]),
    Array(2).fill(['template', 'tcg', 'tsc', true]),
  );
  const steps = reports.flatMap(({ prepared }) => prepared.map(({ name }) => name));
  assert.ok(!steps.includes('fork units'), 'a fork of the minimal tier has no unit to run anew, and waits for none');
  assert.equal(readdirSync(join(folder, 'templates')).length, 1);
  assert.equal((await engine.status('first')).state, 'running');
  await Promise.all(['first', 'second'].map((id) => engine.destroy(id)));
});

test('ten forks share nothing that must be their own, and tell the right time', async () => {
  const hash = await templateHash();
  const seen = new Identities();
  const ids = Array.from({ length: 10 }, (_, i) => `fork-${i}`);
  for (const id of ids) {
    await withMachine(id, async () => {
      await seen.add(id, (script) => output(id, script));
      await output(id, 'dd if=/dev/zero of=/dev/shm/x bs=1M count=20; echo 3 > /proc/sys/vm/drop_caches');
    });
  }
  seen.allDiffer(ids);
  assert.equal(await templateHash(), hash, 'a fork changed the memory of its template');
});

test('a larger disk is larger in the fork', async () => {
  const { sizeMib } = await minimalImage();
  const diskMib = mebibytes(sizeMib + 2048);
  await withMachine(
    'large',
    async () => {
      const blocks = Number(await output('large', 'df -BM --output=size / | tail -1 | tr -dc 0-9'));
      assert.ok(blocks > sizeMib * 0.9 + 1024, `${blocks} MiB`);
      assert.match(await output('large', 'dd if=/dev/zero of=/big bs=1M count=64 && sync && echo written'), /written/);
    },
    { diskMib },
  );
});

/** As a package brings it, and two lines that lead out of their folder. */
const TMPFILES = `d /run/parcel 0750 lohar lohar -
d /run/../up - - - -
L /run/parcel/way - - - - /etc
d /run/parcel/way/out - - - -
`;

async function tmpfilesWereMade(id: string): Promise<void> {
  assert.equal(await output(id, 'stat -c "%U %a" /run/parcel; ls -d /up /etc/out 2>/dev/null'), 'lohar 750');
  const told = await output(id, 'dmesg');
  assert.match(told, /Failed to open parent of '\/run\/\.\.\/up': path not normalized\./);
  assert.match(
    told,
    /Detected unsafe path transition \/run\/parcel \(owned by lohar\) → \/run\/parcel\/way \(owned by root\)/,
  );
}

test('a cold machine boots, is told who it is, and keeps that over power-off and start', async () => {
  const spec = await smallSpec('cold', { cold: true, hostname: 'cold-one', env: { COLOUR: 'blue' } });
  const report = await engine.create(spec, quiet, never);
  assert.equal(report.from, 'cold');
  assert.ok((report.timings.booted ?? -1) >= 0);
  const who = 'hostname; cat /etc/machine-id /sys/class/net/eth0/address';
  const before = await output('cold', `echo kept > /root/file; sync; ${who}`);
  assert.match(before, /^cold-one\n/);
  assert.equal(await output('cold', 'echo $COLOUR'), 'blue');
  await output('cold', `printf '${TMPFILES}' >/usr/lib/tmpfiles.d/parcel.conf; sync`);
  (await engine.agent('cold')).open({ op: 'power', action: 'poweroff' });
  await until('it is off', async () => (await engine.status('cold')).state === 'stopped');
  assert.deepEqual(await engine.status('cold'), { id: 'cold', state: 'stopped', reason: 'guest powered off' });
  await assert.rejects(engine.agent('cold'), { code: 'sandbox.not-running' });
  await engine.start(spec, quiet, never);
  assert.equal(await output('cold', `cat /root/file; ${who}`), `kept\n${before}`);
  await tmpfilesWereMade('cold');
  await engine.stop('cold', { force: false, timeoutMs: 20_000 });
  assert.deepEqual(await engine.status('cold'), { id: 'cold', state: 'stopped', reason: 'stopped by request' });
  await engine.destroy('cold');
});

test('a kernel panic is a crash that says so', async () => {
  await withMachine('panic', async () => {
    shell(await engine.agent('panic'), 'echo c > /proc/sysrq-trigger').catch(() => undefined);
    await until('it has crashed', async () => (await engine.status('panic')).state === 'crashed');
    assert.equal((await engine.status('panic')).reason, 'kernel panic: sysrq triggered crash');
    assert.match(readFileSync(engine.consolePath('panic'), 'utf8'), /sysrq triggered crash/);
    await assert.rejects(engine.agent('panic'), { code: 'sandbox.crashed' });
  });
});

test('a QEMU that is killed is a crash; a reboot is an end', async () => {
  await withMachine('killed', async () => {
    const { pid } = await engine.status('killed');
    process.kill(Number(pid), 'SIGKILL');
    await until('it has crashed', async () => (await engine.status('killed')).state === 'crashed');
    assert.equal((await engine.status('killed')).reason, 'QEMU died: SIGKILL');
  });
  await withMachine('reboot', async () => {
    (await engine.agent('reboot')).open({ op: 'power', action: 'reboot' });
    await until('it has ended', async () => (await engine.status('reboot')).state === 'stopped');
    assert.equal((await engine.status('reboot')).reason, 'guest rebooted');
  });
});

test('ends by itself are told once each; ends that were asked for are not', () =>
  assert.deepEqual(
    ended.map(({ id, reason }) => `${id}: ${reason}`),
    [
      'cold: guest powered off',
      'panic: kernel panic: sysrq triggered crash',
      'killed: QEMU died: SIGKILL',
      'reboot: guest rebooted',
    ],
  ));

test('an image that cannot be mounted leaves nothing but an error', async () => {
  const { image } = await minimalImage();
  const broken = join(folder, 'broken.ext4');
  const head = Buffer.alloc(1024 * 1024);
  const from = openSync(image, 'r');
  readSync(from, head);
  closeSync(from);
  writeFileSync(broken, head);
  const spec = await smallSpec('broken', { image: broken, cold: true });
  await assert.rejects(engine.create(spec, quiet, never), (error) => {
    assert.ok(error instanceof BhattiError);
    assert.equal(error.code, 'engine.failed');
    assert.match(error.message, /^cannot start broken: kernel panic: VFS: Unable to mount root fs/);
    return true;
  });
  assert.deepEqual(filesIn(vmFolder(folder, 'broken')), []);
});

test('a create that is cancelled in the middle leaves nothing', async () => {
  const cancel = new AbortController();
  const spec = await smallSpec('cancelled', { cold: true });
  const refused = assert.rejects(engine.create(spec, quiet, cancel.signal), { code: 'operation.cancelled' });
  await until('its machine runs', () => processesIn(vmFolder(folder, 'cancelled')).length > 0);
  cancel.abort();
  await refused;
  assert.deepEqual(filesIn(vmFolder(folder, 'cancelled')), []);
  await until('its processes have ended', () => processesIn(vmFolder(folder, 'cancelled')).length === 0);
});

test('when all is destroyed and pruned, no process, file or namespace is left', async () => {
  noteNamespaces();
  assert.notEqual(namespaces.size, 0);
  await engine.prune();
  await until('its processes have ended', () => processesIn(folder).length === 0);
  assert.deepEqual(
    filesIn(folder)
      .filter((path) => !path.endsWith('.json') && path !== 'broken.ext4')
      .toSorted(),
    ['pool', 'snapshots', 'templates', 'vms'],
  );
  await until('its namespaces are gone', () => netNamespaces().isDisjointFrom(namespaces));
});
