/** The daemon's own life: started by clients, killed, ended, started again, refused. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after, before, type TestContext } from 'node:test';
import { processesIn } from '../engine/leftovers.ts';
import { until } from '../until.ts';
import { alive, type Lab, openLab, outcome } from './lab.ts';

let lab: Lab;
before(() => {
  lab = openLab();
});
after(() => lab.close());

const names = async (): Promise<string> => (await lab.ok('list', '-q')).trim().replaceAll('\n', ' ');

/** Begins `bhatti serve` and waits until it says where it listens. */
async function serve(
  t: TestContext,
  where: Lab,
  args: readonly string[] = [],
): Promise<{ address: string; pid: number }> {
  const child = where.begin(['serve', ...args]);
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    said += bytes;
  });
  await until(
    'the daemon serves',
    () => /serves (http|unix).*\n/.test(said) && (args.length === 0 || /serves http.*\n/.test(said)),
  );
  return { address: /serves (http\S+)/.exec(said)?.[1] ?? '', pid: where.daemonPid() };
}

test('clients that come at once start one daemon, which keeps its things to itself', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => lab.run(['list', '-q'])));
  assert.deepEqual(all, Array(5).fill({ code: 0, stdout: '', stderr: '' }));
  assert.ok(alive(lab.daemonPid()));
  for (const file of ['api.sock', 'bhatti.db', 'daemon.log', 'daemon.pid', 'daemon.lock', 'daemon.out']) {
    assert.equal(statSync(join(lab.dataDir, file)).mode & 0o077, 0, file);
  }
});

test('version tells of both sides, and starts no daemon', async (t) => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  assert.equal(await lab.ok('version'), `client ${version}\ndaemon ${version}\n`);
  assert.equal((await lab.ok('--version')).trim(), version);
  const own = openLab();
  t.after(own.remove);
  const before = readdirSync(own.dataDir);
  assert.equal(await own.ok('version'), `client ${version}\ndaemon (not running)\n`);
  assert.deepEqual(readdirSync(own.dataDir), before);
});

test('a second daemon for the same folder is refused', async () => {
  const { code, stderr } = await lab.run(['serve']);
  assert.equal(code, 125);
  assert.match(stderr, /^Error: cannot serve \/.*: another daemon does \(pid \d+\)\nTry: use that one/);
});

test('sandboxes and their sessions live on when the daemon is killed, and are its own again', async () => {
  await lab.ok('create', 'dev', '--init', 'while :; do echo x >> /tmp/counter; sleep 0.2; done');
  const before = JSON.parse(await lab.ok('inspect', 'dev', '--json'));
  await lab.endDaemon('SIGKILL');
  assert.ok(alive(before.pid));
  assert.match(await lab.ok('list'), /^dev +running/m);
  const after = JSON.parse(await lab.ok('inspect', 'dev', '--json'));
  assert.deepEqual([after.pid, after.id], [before.pid, before.id]);
  assert.equal(await lab.ok('exec', 'dev', '--', 'hostname'), 'dev\n');
  assert.match(await lab.ok('ps', 'dev'), /^init +detached/m);
});

test('SIGTERM ends the daemon and no sandbox', async () => {
  const { pid } = JSON.parse(await lab.ok('inspect', 'dev', '--json'));
  await lab.endDaemon('SIGTERM');
  assert.ok(alive(pid));
  assert.throws(() => statSync(join(lab.dataDir, 'api.sock')), { code: 'ENOENT' });
  assert.equal(await lab.ok('exec', 'dev', '--', 'hostname'), 'dev\n');
});

test('a VM that dies while no daemon watches is shown as crashed', async () => {
  const { pid } = JSON.parse(await lab.ok('inspect', 'dev', '--json'));
  await lab.endDaemon('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await until('QEMU is gone', () => !alive(pid));
  assert.match(await lab.ok('list'), /^dev +crashed/m);
  await lab.ok('start', 'dev');
  assert.equal(await lab.ok('exec', 'dev', '--', 'hostname'), 'dev\n');
});

test('a create that the daemon did not live to finish leaves nothing', async () => {
  const vms = join(lab.dataDir, 'engine/vms');
  for (const mode of [['--cold'], []]) {
    const create = outcome(lab.begin(['create', 'half', ...mode]));
    await until('the create has begun', async () => (await names()).includes('half'));
    await lab.endDaemon('SIGKILL');
    const { code } = await create;
    if (code === 0) {
      await lab.ok('destroy', 'half'); // it was quicker than we
      continue;
    }
    assert.equal(code, 125);
    assert.equal(await names(), 'dev');
    assert.equal(readdirSync(vms).length, 1);
    assert.equal(processesIn(vms).length, processesIn(join(vms, String(readdirSync(vms)[0]))).length);
  }
});

test('a daemon that is told to end takes back what is half made', async () => {
  const create = outcome(lab.begin(['create', 'half', '--cold']));
  await until('the create has begun', async () => (await names()).includes('half'));
  await lab.endDaemon('SIGTERM');
  assert.equal((await create).code, 125);
  assert.equal(readdirSync(join(lab.dataDir, 'engine/vms')).length, 1);
  assert.equal(await names(), 'dev');
});

test('over TCP a key lets in, for every kind of request', async (t) => {
  await lab.endDaemon('SIGTERM');
  const { address } = await serve(t, lab, ['--listen', '127.0.0.1:0']);
  const key = (await lab.ok('key', 'create', 'test')).trim();
  assert.match(key, /^bht_[0-9a-f]{64}$/);
  const env = { BHATTI_URL: address, BHATTI_TOKEN: key, BHATTI_DATA_DIR: '/nonexistent' };
  assert.equal((await lab.run(['exec', 'dev', '--', 'cat'], { env, input: 'over TCP' })).stdout, 'over TCP');
  assert.equal((await lab.run(['file', 'read', 'dev', '/etc/hostname'], { env })).stdout, 'dev\n');
  for (const [args, token] of [
    [['list'], ''],
    [['exec', 'dev', '--', 'true'], `bht_${'0'.repeat(64)}`],
  ] as const) {
    const { code, stderr } = await lab.run(args, { env: { ...env, BHATTI_TOKEN: token } });
    assert.equal(code, 125);
    assert.match(stderr, /^Error: cannot .*\nTry: .*key/);
  }
  await lab.ok('key', 'delete', 'test');
  assert.equal((await lab.run(['list'], { env })).code, 125);
  await lab.endDaemon('SIGTERM');
});

test('an address that is in use, or not to be had, is refused', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await until('the port is taken', () => taken.listening);
  const { port } = taken.address() as { port: number };
  const own = openLab();
  t.after(own.remove);
  const cases: [address: string, message: RegExp][] = [
    [`127.0.0.1:${port}`, /^Error: cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*\nTry: /],
    [
      '0.0.0.0:0',
      /^Error: cannot use the address 0\.0\.0\.0:0: API keys would travel readable over the network\nTry: set tls/,
    ],
    ['nonsense', /^Error: cannot use the address "nonsense": it is not of the form host:port\nTry: /],
  ];
  for (const [address, message] of cases) {
    const { code, stderr } = await own.run(['serve', '--listen', address]);
    assert.equal(code, 125);
    assert.match(stderr, message);
  }
  assert.equal(processesIn(own.dataDir).length, 0);
});

const broken: [name: string, lay: (dataDir: string) => void, message: RegExp][] = [
  [
    'a store that is no database',
    (d) => writeFileSync(join(d, 'bhatti.db'), 'text\n'.repeat(500)),
    /^Error: cannot open the store .*: file is not a database\nTry: /,
  ],
  [
    "another program's database",
    (d) => query(d, 'create table t (x)'),
    /^Error: cannot open the store .*: it is another program's database\nTry: /,
  ],
  [
    'a store from a newer version',
    (d) => query(d, 'create table t (x); pragma application_id = 1651012713; pragma user_version = 99'),
    /^Error: cannot open the store .*: a newer bhatti wrote it \(version 99, this one knows \d+\)\nTry: use the newer bhatti/,
  ],
  [
    'settings with an unknown key',
    (d) => writeFileSync(join(d, 'config.yaml'), '# mine\nlisen: :80\n'),
    /^Error: cannot read .*config\.yaml:2: unknown key lisen\nTry: mend line 2/,
  ],
  ['a file where the socket is to be', (d) => mkdirSync(join(d, 'api.sock')), /^Error: cannot .*api\.sock/],
];
for (const [name, lay, message] of broken) {
  test(`${name} refuses the start, and the client says why`, async (t) => {
    const own = openLab();
    t.after(own.remove);
    lay(own.dataDir);
    const { code, stdout, stderr } = await own.run(['list']);
    assert.deepEqual([code, stdout], [125, '']);
    assert.match(stderr, message);
  });
}

function query(dataDir: string, text: string): void {
  const database = new DatabaseSync(join(dataDir, 'bhatti.db'));
  database.exec(text);
  database.close();
}

test('a folder that cannot be written to says so', async () => {
  const { code, stderr } = await lab.run(['list'], { env: { BHATTI_DATA_DIR: '/dev/null/nowhere' } });
  assert.equal(code, 125);
  assert.match(stderr, /^Error: cannot (start|reach) the daemon.*\nTry: /);
});

test('the completion scripts are scripts', async () => {
  const script = await lab.ok('completion', 'bash');
  assert.match(script, /\bcreate list inspect\b/);
  const file = join(lab.scratch, 'completion.bash');
  writeFileSync(file, `${script}\nCOMP_WORDS=(bhatti exec d); COMP_CWORD=2; _bhatti; echo "\${COMPREPLY[@]}"`);
  const { execFileSync } = await import('node:child_process');
  const words = execFileSync('bash', [file], {
    env: { ...lab.env, PATH: `${join(import.meta.dirname, '../../host/bin')}:${lab.env.PATH}` },
  });
  assert.equal(words.toString().trim(), 'dev');
});
