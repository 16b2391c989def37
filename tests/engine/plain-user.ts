/** Run as a plain user: makes a machine, looks at it from both sides, takes it away. Prints what it found as JSON. */
import { readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { EngineDoctor } from '@bhatti/host/engine/doctor.ts';
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import type { EngineSettings } from '@bhatti/host/engine/settings.ts';
import type { Finding } from '@bhatti/host/ports/doctor.ts';
import { engineSettings, never, quiet, shell, smallSpec } from './lab.ts';

export interface Found {
  readonly uid: number | undefined;
  readonly capabilities: string | undefined;
  readonly ownNetwork: boolean;
  readonly resolver: string;
  /** Why the machine has no network. */
  readonly missing: string | null;
  /** What bash says about connecting to each of the host's addresses. */
  readonly host: string;
  readonly name: string;
  /** What the guest had in memory, once it was saved to disk and went on from there. */
  readonly remembered: string;
  readonly doctor: Finding;
}

async function lookAround(folder: string, port: string): Promise<Found> {
  const settings = await engineSettings(folder);
  const engine = new QemuEngine(settings);
  await engine.adopt([]);
  try {
    return await look(engine, settings, port);
  } finally {
    await engine.destroy('mine');
    await engine.prune();
    await engine.close();
  }
}

async function look(engine: QemuEngine, settings: EngineSettings, port: string): Promise<Found> {
  const { prepared } = await engine.create(await smallSpec('mine', { cold: true }), quiet, never);
  const { pid } = await engine.status('mine');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const guest = async (script: string) => (await shell(await engine.agent('mine'), script)).output.trim();
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const own = addresses.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
  const findings = await new EngineDoctor(
    settings,
    async () => null,
    () => [],
  ).examine(quiet, never);
  const doctor = findings.find(({ subject }) => subject === 'network');
  if (doctor === undefined) throw new Error('the doctor says nothing about the network');
  return {
    uid: process.getuid?.(),
    capabilities: /^CapEff:\s*(\w+)$/m.exec(status)?.[1],
    ownNetwork: readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync('/proc/self/ns/net'),
    resolver: await guest('grep nameserver /etc/resolv.conf'),
    missing: prepared.find(({ name }) => name === 'network')?.error ?? null,
    host: await guest(own.map((address) => `: < /dev/tcp/${address}/${port} && echo open`).join('; ')),
    name: await guest('getent ahostsv4 archive.ubuntu.com | head -1 | cut -d " " -f 1'),
    remembered: await rememberedOverDisk(engine, guest),
    doctor,
  };
}

async function rememberedOverDisk(engine: QemuEngine, guest: (script: string) => Promise<string>): Promise<string> {
  await guest('echo remembered >/dev/shm/word');
  await engine.pause('mine');
  const spec = await smallSpec('mine', { cold: true });
  await engine.save(spec);
  const { pid } = await engine.status('mine');
  if (pid !== undefined) throw new Error(`it is saved, and runs as ${pid}`);
  await engine.load(spec, { verify: true }, quiet, never);
  return guest('cat /dev/shm/word');
}

if (import.meta.main) {
  const [folder = '', port = ''] = process.argv.slice(2);
  console.log(JSON.stringify(await lookAround(folder, port)));
}
