/**
 * A process that holds an engine, makes what it is told, says so and waits to be killed.
 *
 *   dying-daemon.ts FOLDER machines ID...   creates these machines, then says 'ready'
 *   dying-daemon.ts FOLDER template MIB     says 'ready' when the boot of a template of that size has begun
 */
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import { mebibytes } from '@bhatti/wire/units.ts';
import { engineSettings, never, quiet, smallSpec } from './lab.ts';

const [folder = '', what = '', ...rest] = process.argv.slice(2);
const engine = new QemuEngine(await engineSettings(folder));
await engine.adopt([]);
const ready = (): void => console.log('ready');

if (what === 'machines') {
  for (const id of rest) await engine.create(await smallSpec(id), quiet, never);
  ready();
} else {
  const spec = await smallSpec('never', { memoryMib: mebibytes(Number(rest[0])) });
  await engine.create(spec, { step: ready }, never);
}
setInterval(() => undefined, 1000);
