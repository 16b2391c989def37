/** Run as a plain user: makes a machine, looks at it from both sides, takes it away. Prints what it found as JSON. */
import { readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import { engineSettings, never, quiet, shell, smallSpec } from './lab.ts';

const [folder = '', port = ''] = process.argv.slice(2);
const engine = new QemuEngine(await engineSettings(folder));
await engine.adopt([]);
await engine.create(await smallSpec('mine', { cold: true }), quiet, never);
const { pid } = await engine.status('mine');
const status = readFileSync(`/proc/${pid}/status`, 'utf8');
const guest = async (script: string) => (await shell(await engine.agent('mine'), script)).output.trim();
const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
const own = addresses.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
const found = {
  uid: process.getuid?.(),
  capabilities: /^CapEff:\s*(\w+)$/m.exec(status)?.[1],
  ownNetwork: readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync('/proc/self/ns/net'),
  resolver: await guest('grep nameserver /etc/resolv.conf'),
  host: await guest(own.map((address) => `: < /dev/tcp/${address}/${port} && echo open`).join('; ')),
  name: await guest('getent ahostsv4 archive.ubuntu.com | head -1 | cut -d " " -f 1'),
};
await engine.destroy('mine');
await engine.prune();
await engine.close();
console.log(JSON.stringify(found));
