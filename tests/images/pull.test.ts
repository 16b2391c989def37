/** Images come from a registry: Debian's docker-registry, and a proxy before it that breaks things. No VM runs here. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { after, before } from 'node:test';
import { tar } from './archives.ts';
import { afterWaiting, type ImageLab, openImageLab } from './image-lab.ts';
import { type RegistryLab, registryProgram, startRegistry } from './registry.ts';

const program = registryProgram();
const skip = program === null ? "Debian's docker-registry cannot be fetched here" : false;
const NOISE = randomBytes(3 << 20);
const LAYERS = [
  tar([
    { name: 'etc/hello', content: 'from amd64' },
    { name: 'gone', content: 'x' },
  ]),
  tar([{ name: '.wh.gone' }, { name: 'noise', content: NOISE }]),
];

let lab: ImageLab;
let open: RegistryLab;
let closed: RegistryLab;
before(async () => {
  if (program === null) return;
  lab = openImageLab();
  open = await startRegistry(program, false);
  closed = await startRegistry(program, true);
  const amd64 = await open.push('team/app', 'amd64', { layers: LAYERS, packed: 'zstd', config: { Env: ['A=1'] } });
  const arm64 = await open.push('team/app', 'arm64', {
    layers: LAYERS.slice(1),
    packed: 'gzip',
    architecture: 'arm64',
  });
  await open.pushIndex('team/app', '1.2', [
    { manifest: arm64, architecture: 'arm64' },
    { manifest: amd64, architecture: 'amd64' },
  ]);
  await closed.push('team/app', '1.2', { layers: LAYERS, packed: 'gzip' });
});
after(async () => {
  await lab?.close();
  open?.close();
  closed?.close();
});

test('an index leads to the image of this machine', { skip }, async () => {
  assert.match(await lab.ok('image', 'pull', `${open.host}/team/app:1.2`), /^image\/app pulled/);
  assert.equal(lab.look('app', 'cat /etc/hello'), 'from amd64');
  assert.doesNotMatch(lab.look('app', 'ls -p /'), /\/gone\//);
  const { manifest } = JSON.parse(await lab.ok('image', 'inspect', 'app'));
  assert.deepEqual([manifest.origin.kind, manifest.run.env], ['pulled', { A: '1' }]);
  await lab.ok('image', 'delete', 'app');
});

test('user and password open a closed registry, and nothing else does', { skip }, async () => {
  const reference = `${closed.host}/team/app:1.2`;
  const asUser = ['image', 'pull', reference, '--name', 'private', '--username', closed.user, '--password-stdin'];
  for (const [args, input] of [
    [['image', 'pull', reference, '--name', 'private'], ''],
    [asUser, 'wrong'],
  ] as const) {
    const ran = await lab.run(args, { input });
    assert.equal(ran.code, 125);
    assert.match(
      afterWaiting(ran.stderr),
      /^Error: cannot pull .*\nTry: bhatti image pull REF --username USER --password-stdin/,
    );
  }
  const ran = await lab.run(asUser, { input: `${closed.password}\n` });
  assert.match(`${ran.stdout}${ran.stderr}`, /^image\/private pulled/);
  await lab.ok('image', 'delete', 'private');
});

const missing: [args: string, stderr: RegExp][] = [
  ['team/app:9.9', /the registry has no 9\.9/],
  ['team/app:arm64', /it is for arm64, not for amd64/],
  ['nobody/nothing:1', /the registry has no 1/],
];
for (const [what, stderr] of missing)
  test(`refused: ${what}`, { skip }, async () => {
    const ran = await lab.run(['image', 'pull', `${open.host}/${what}`, '--name', 'missing']);
    assert.equal(ran.code, 125);
    assert.match(ran.stderr, stderr);
    assert.ok(!existsSync(lab.imagePath('missing')));
  });

type Meddle = (path: string, body: Buffer, range: string | undefined) => Buffer;

/** A registry that gives other bytes than the real one; a body that is shorter than it says ends the connection. */
async function meddling(meddle: Meddle): Promise<{ host: string; ranges: string[]; close(): void }> {
  const ranges: string[] = [];
  const server = createServer((incoming, answer) => {
    const { range } = incoming.headers;
    if (range !== undefined) ranges.push(range);
    const [hostname, port] = open.host.split(':');
    const options = { hostname, port, path: incoming.url, headers: { ...incoming.headers, host: open.host } };
    request(options, async (reply) => {
      const body = Buffer.concat(await reply.toArray());
      const given = meddle(incoming.url ?? '', body, range);
      answer.writeHead(reply.statusCode ?? 500, reply.headers);
      answer.end(given, () => given.length < body.length && answer.socket?.destroy());
    }).end();
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, ranges, close: () => server.close() };
}

test('a transfer that is cut goes on where it ended', { skip }, async () => {
  let cuts = 0;
  const registry = await meddling((path, body, range) => {
    if (!path.includes('/blobs/') || body.length < NOISE.length / 2 || range !== undefined) return body;
    cuts += 1;
    return body.subarray(0, body.length >> 1);
  });
  assert.match(await lab.ok('image', 'pull', `${registry.host}/team/app:1.2`, '--name', 'cut'), /^image\/cut pulled/);
  assert.equal(cuts, 1);
  assert.match(registry.ranges.join(), /^bytes=\d{6,}-$/);
  await lab.ok('image', 'delete', 'cut');
  registry.close();
});

test('a byte that was changed on the way is noticed, and nothing is left', { skip }, async () => {
  const registry = await meddling((path, body) => {
    if (path.includes('/blobs/') && body.length > NOISE.length / 2) body[1000] = (body[1000] ?? 0) ^ 1;
    return body;
  });
  const ran = await lab.run(['image', 'pull', `${registry.host}/team/app:1.2`, '--name', 'changed']);
  assert.equal(ran.code, 125);
  assert.match(ran.stderr, /^Error: cannot use what was fetched: it has digest sha256:/m);
  assert.ok(!existsSync(lab.imagePath('changed')));
  registry.close();
});
