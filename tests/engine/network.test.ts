/** What a fork reaches and what it does not: host, private ranges, metadata, other sandboxes; names and the outside. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import { until } from '../until.ts';
import { engineSettings, isRoot, never, quiet, shell, smallSpec } from './lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'bhatti-network-'));
const server: Server = createServer((socket) => socket.end('hello\n'));
let port = 0;
let engine: QemuEngine;

before(async () => {
  engine = new QemuEngine(await engineSettings(folder));
  await engine.adopt([]);
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  await engine.create(await smallSpec('net'), quiet, never);
});

after(async () => {
  server.close();
  await engine.destroy('net');
  await engine.prune();
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function guest(script: string): Promise<string> {
  return (await shell(await engine.agent('net'), script)).output.trim();
}

/** Tries a TCP connection from the guest. @returns what bash says, then 'open' or 'closed' */
function connect(address: string, to: number): Promise<string> {
  return guest(`: < /dev/tcp/${address}/${to} && echo open || echo closed`);
}

function rulesInForce(): string {
  return readFileSync(join(folder, 'network/rules-in-force.nft'), 'utf8');
}

function hostAddresses(family: 'IPv4' | 'IPv6'): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter((one) => one.family === family).map(({ address }) => address);
}

test('the test itself: the server answers on each of the host’s addresses', async () => {
  for (const address of [...hostAddresses('IPv4'), ...hostAddresses('IPv6').filter((one) => !one.startsWith('fe80'))]) {
    const [greeting] = await once(createConnection(port, address), 'data');
    assert.equal(String(greeting), 'hello\n');
  }
});

for (const address of new Set([...hostAddresses('IPv4'), '10.0.2.2', '10.0.77.2', '10.0.77.100']))
  test(`the host is out of reach at ${address}`, async () => assert.match(await connect(address, port), /closed$/));

for (const address of hostAddresses('IPv6'))
  test(`the host is out of reach at ${address}`, async () => assert.match(await connect(address, port), /closed$/));

const closed = [
  '0.0.0.1',
  '10.255.255.53',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.254',
  '192.0.0.8',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.251',
  '240.0.0.1',
];
test('closed ranges are refused at once, not by a timeout', async () => {
  const script = closed
    .map((address) => `timeout 20 bash -c ': < /dev/tcp/${address}/80'; echo ${address} $?`)
    .join('; ');
  const answers = [...(await guest(script)).matchAll(/^([\d.]+) (\d+)$/gm)].map(
    ([, address, code]) => `${address} ${code}`,
  );
  assert.deepEqual(
    answers,
    closed.map((address) => `${address} 1`),
  ); // 124 would be the timeout's
});

test('UDP to a closed range does not come through', async () => {
  const answer = await guest(
    'timeout 3 bash -c "exec 3<>/dev/udp/10.255.255.53/53; echo x >&3; head -c 1 <&3"; echo $?',
  );
  assert.match(answer, /(1|124)$/);
});

test('names are resolved by the uplink and what they name is reached', async (t) => {
  const name = 'archive.ubuntu.com';
  const known = await lookup(name, 4).catch(() => null);
  if (known === null) return t.skip('this host cannot resolve names');
  assert.match(await guest(`getent ahostsv4 ${name}`), new RegExp(`^${known.address.replaceAll('.', '\\.')} `, 'm'));
  assert.match(
    await guest(`curl -sS -o /dev/null -w '%{http_code}' http://${name}/ubuntu/dists/noble/Release`),
    /^200$/m,
  );
  return undefined;
});

test('there is no way out over IPv6', async () =>
  assert.match(
    await guest('ip -6 route show default | wc -l; cat /proc/net/if_inet6 | grep -vc "^fe80\\|^0\\{31\\}1"'),
    /^0\n0$/,
  ));

test('another sandbox is out of reach, whatever it listens on', async () => {
  await engine.create(await smallSpec('other'), quiet, never);
  try {
    const listen =
      'python3 -V >/dev/null 2>&1; (timeout 60 bash -c "coproc nc -l 7777" &) 2>/dev/null; ip -4 -o addr show eth0';
    await shell(await engine.agent('other'), listen);
    for (const address of ['10.0.2.15', '10.0.77.100']) {
      const answer = await guest(
        `timeout 5 bash -c 'echo > /dev/udp/${address}/7777; : < /dev/tcp/${address}/7777' && echo open || echo closed`,
      );
      assert.match(answer, /closed$/);
    }
  } finally {
    await engine.destroy('other');
  }
});

test('an address that the host gets later is closed as well', {
  skip: !isRoot && 'only root can add one',
}, async () => {
  const address = '203.0.113.253';
  execFileSync('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
  try {
    await until('the rules know it', async () => rulesInForce().includes(address));
    assert.match(await connect(address, port), /closed$/);
  } finally {
    execFileSync('ip', ['address', 'del', `${address}/32`, 'dev', 'lo']);
  }
});

/** A name server of the host's in a closed range: something that answers on this network and that guests must not see. */
function closedNameServer(): string | null {
  const servers = readFileSync('/etc/resolv.conf', 'utf8').matchAll(/^nameserver (10\.[\d.]+|192\.168\.[\d.]+)$/gm);
  return [...servers][0]?.[1] ?? null;
}

test('an allowed range is open, and the host’s own addresses in it are not', async (t) => {
  const server = closedNameServer();
  if (server === null) return t.skip('this host has no name server in a closed range');
  const [own] = hostAddresses('IPv4').filter((address) => !address.startsWith('127.'));
  assert.match(await connect(server, 53), /closed$/);
  const other = new QemuEngine({ ...(await engineSettings(folder)), allowedRanges: ['0.0.0.0/0'] });
  await other.adopt(['net']);
  await other.create(await smallSpec('allowed'), quiet, never);
  try {
    await until('the new rules are in force', () => rulesInForce().includes('0.0.0.0/0 accept'));
    const run = async (script: string) => (await shell(await other.agent('allowed'), script)).output.trim();
    assert.equal(await run(`: < /dev/tcp/${server}/53 && echo open`), 'open');
    assert.match(await run(`: < /dev/tcp/${own}/${port} && echo open || echo closed`), /closed$/);
  } finally {
    await other.destroy('allowed');
    await other.close();
  }
  return undefined;
});
