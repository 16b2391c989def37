/**
 * A process that holds an engine, makes what it is told, says so and waits to be killed.
 *
 *   dying-daemon.ts FOLDER machines ID...   creates these machines, then says 'ready'
 *   dying-daemon.ts FOLDER pool ID          creates this machine, says 'ready' when the pool has a clone of it
 *   dying-daemon.ts FOLDER template MIB     says 'ready' when the boot of a template of that size has begun
 */
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import { mebibytes } from '@bhatti/wire/units.ts';
import { until } from '../until.ts';
import { CLONES_MS, engineSettings, never, quiet, smallSpec } from './lab.ts';

const [folder = '', what = '', ...rest] = process.argv.slice(2);
const pool = { clones: what === 'pool' ? 1 : 0, memoryMib: 1024 };
const engine = new QemuEngine({ ...(await engineSettings(folder)), pool });
await engine.adopt([]);
const ready = (): void => console.log('ready');

if (what === 'pool') {
  await engine.create(await smallSpec(String(rest[0])), quiet, never);
  await until('a clone waits', () => engine.pool().length === 1, CLONES_MS);
  ready();
} else if (what === 'machines') {
  for (const id of rest) await engine.create(await smallSpec(id), quiet, never);
  ready();
} else {
  const spec = await smallSpec('never', { memoryMib: mebibytes(Number(rest[0])) });
  await engine.create(spec, { step: ready }, never);
}
setInterval(() => undefined, 1000);
