/** What a user does in a sandbox, through the real program, daemon and machine. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { until } from '../until.ts';
import { type Lab, openLab, outcome, type RunOptions } from './lab.ts';

let lab: Lab;
before(async () => {
  lab = openLab();
  writeFileSync(join(lab.scratch, 'notes.txt'), 'laid in at create\n', { mode: 0o640 });
  const env = ['--env', 'LEVEL=sandbox', '--env', 'OTHER=kept'];
  const files = ['--file', 'notes.txt:/workspace/notes.txt', '--label', 'team=web'];
  await lab.ok('create', 'dev', ...env, ...files, '--init', 'echo init ran > /tmp/init; exec sleep 1000');
});
after(() => lab.close());

const exec = (command: readonly string[], options?: RunOptions) => lab.run(['exec', 'dev', '--', ...command], options);

test('it is Ubuntu 24.04 with lohar as PID 1, and its user has sudo', async () => {
  const said = await lab.ok(
    'exec',
    'dev',
    '--',
    'sh',
    '-c',
    'id -un; sudo id -u; . /etc/os-release; echo $VERSION_ID; ps -o args= 1; hostname',
  );
  const [user, root, version, first, host] = said.trim().split('\n');
  assert.deepEqual([user, root, version, host], ['lohar', '0', '24.04', 'dev']);
  assert.match(first ?? '', /lohar/);
});

const codes: [name: string, command: string[], code: number, stderr: RegExp][] = [
  ['its own', ['sh', '-c', 'exit 7'], 7, /^$/],
  ['127 for what is not there', ['nope'], 127, /^Error: cannot run nope: .*\nTry: /],
  ['126 for what cannot be run', ['/etc/passwd'], 126, /^Error: cannot run \/etc\/passwd: .*\nTry: /],
  ['128 and the signal', ['sh', '-c', 'kill -9 $$'], 137, /^$/],
  ['128 and the signal', ['sh', '-c', 'kill -TERM $$'], 143, /^$/],
];
for (const [name, command, code, stderr] of codes) {
  test(`exec ends with ${name}: ${command.join(' ')}`, async () => {
    const ran = await exec(command);
    assert.deepEqual([ran.code, ran.stdout], [code, '']);
    assert.match(ran.stderr, stderr);
  });
}

test('exec keeps output and errors apart, and takes options on either side of the name', async () => {
  const ran = await lab.run([
    'exec',
    '-e',
    'A=1',
    'dev',
    '-w',
    '/etc',
    '--user',
    'root',
    '--',
    'sh',
    '-c',
    'echo $A $PWD; id -u >&2',
  ]);
  assert.deepEqual(ran, { code: 0, stdout: '1 /etc\n', stderr: '0\n' });
});

test("a request's environment wins over the sandbox's", async () => {
  const said = await lab.ok('exec', '--env', 'LEVEL=request', 'dev', '--', 'sh', '-c', 'echo $LEVEL $OTHER $HOME');
  assert.equal(said, 'request kept /home/lohar\n');
});

test('exec passes standard input, to its end', async () => {
  const input = Buffer.alloc(3 << 20, 'some input\n');
  const ran = await exec(['sha256sum'], { input });
  assert.equal(ran.stdout, `${createHash('sha256').update(input).digest('hex')}  -\n`);
  const unread = await exec(['sh', '-c', 'head -c 4'], { input });
  assert.deepEqual([unread.code, unread.stdout], [0, 'some']);
});

test('a reader that leaves ends exec as a broken pipe does', async () => {
  const child = lab.begin(['exec', 'dev', '--', 'yes']);
  child.stdout?.once('data', () => child.stdout?.destroy());
  const { code } = await outcome(child);
  assert.equal(code, 141);
  await until('yes is gone', async () => (await exec(['pgrep', '-x', 'yes'])).code === 1);
});

for (const [client, env] of [['compiled'], ['node', { BHATTI_CLIENT: 'node' }]] as const) {
  test(`Ctrl+C reaches the command, which may still answer: ${client}`, async () => {
    const script = 'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.1; done';
    const child = lab.begin(['exec', 'dev', '--', 'sh', '-c', script], { env: env ?? {} });
    child.stdout?.once('data', () => child.kill('SIGINT'));
    const { code, stdout } = await outcome(child);
    assert.deepEqual([code, stdout], [9, 'ready\ncaught\n']);
  });
}

test('exec ends what takes too long, with 124', async () => {
  const ran = await lab.run(['exec', 'dev', '--timeout', '300ms', '--', 'sleep', '100']);
  assert.deepEqual([ran.code, ran.stdout], [124, '']);
  assert.equal(ran.stderr, 'the command was ended after --timeout 300ms\n');
});

test('20 commands at once', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => exec(['sh', '-c', `echo ${i}; exit ${i}`])));
  assert.deepEqual(
    all.map(({ code, stdout }) => [code, stdout]),
    Array.from({ length: 20 }, (_, i) => [i, `${i}\n`]),
  );
});

test('a file of create is there with its mode, and the init script runs as a session', async () => {
  assert.equal(await lab.ok('file', 'read', 'dev', '/workspace/notes.txt'), 'laid in at create\n');
  assert.equal(await lab.ok('exec', 'dev', '--', 'stat', '-c', '%a %U', '/workspace/notes.txt'), '640 lohar\n');
  await until('init ran', async () => (await exec(['cat', '/tmp/init'])).stdout === 'init ran\n');
  assert.match(await lab.ok('ps', 'dev'), /^init +detached +lohar/m);
  await lab.ok('ps', 'dev', '--kill', 'init', '--signal', 'KILL');
  await until('init is gone', async () => !/^init +detached/m.test(await lab.ok('ps', 'dev')));
});

test('files are written from standard input, read in parts, and listed', async () => {
  const write = await lab.run(['file', 'write', 'dev', '/tmp/x', '--mode', '0600'], { input: 'hello there' });
  assert.equal(write.code, 0);
  assert.equal(await lab.ok('file', 'read', 'dev', '/tmp/x', '--offset', '6', '--limit', '3'), 'the');
  assert.match(await lab.ok('file', 'ls', 'dev', '/tmp'), /^-rw------- +1000:1000 +11 .* \/tmp\/x$/m);
});

test('a file of 100 MiB goes in and out unharmed', async () => {
  const content = Buffer.alloc(100 << 20);
  for (let at = 0; at < content.length; at += 4) content.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
  writeFileSync(join(lab.scratch, 'big'), content);
  await lab.ok('file', 'cp', 'big', 'dev:/tmp/big');
  await lab.ok('file', 'cp', 'dev:/tmp/big', 'back');
  assert.ok(readFileSync(join(lab.scratch, 'back')).equals(content));
  await lab.ok('exec', 'dev', '--', 'rm', '/tmp/big');
});

test('directories are copied both ways, with names, modes and links', async () => {
  const folder = join(lab.scratch, 'tree');
  mkdirSync(join(folder, 'sub'), { recursive: true });
  writeFileSync(join(folder, 'sub', 'ä b'), 'x');
  writeFileSync(join(folder, 'run'), '#!/bin/sh\n');
  chmodSync(join(folder, 'run'), 0o755);
  await lab.ok('file', 'cp', 'tree', 'dev:/tmp');
  await lab.ok('file', 'cp', 'tree/.', 'dev:/tmp/renamed');
  await lab.ok(
    'exec',
    'dev',
    '--',
    'sh',
    '-c',
    'cd /tmp/tree && ln -s run link && test -x run && cmp "sub/ä b" "../renamed/sub/ä b"',
  );
  await lab.ok('file', 'cp', 'dev:/tmp/tree', 'out');
  assert.deepEqual(readdirSync(join(lab.scratch, 'out')).sort(), ['link', 'run', 'sub']);
  assert.equal(statSync(join(lab.scratch, 'out', 'run')).mode & 0o111, 0o111);
  await lab.ok('file', 'cp', 'dev:/tmp/tree', 'out');
  assert.ok(readdirSync(join(lab.scratch, 'out')).includes('tree'));
});

test('nothing that a guest packs becomes a device or a set-uid program here', async () => {
  await lab.ok(
    'exec',
    'dev',
    '--user',
    'root',
    '--',
    'sh',
    '-c',
    'mkdir /tmp/evil && cd /tmp/evil && cp /bin/true su && chmod 6755 su',
  );
  await lab.ok('file', 'cp', 'dev:/tmp/evil', 'evil');
  assert.equal(statSync(join(lab.scratch, 'evil', 'su')).mode & 0o7000, 0);
  await lab.ok('exec', 'dev', '--user', 'root', '--', 'mknod', '/tmp/evil/disk', 'b', '8', '0');
  const { code, stderr } = await lab.run(['file', 'cp', 'dev:/tmp/evil', 'evil2']);
  assert.notEqual(code, 0);
  assert.match(stderr, /^Error: cannot unpack into .*\nTry: /s);
});

test('a port of the sandbox is reached on 127.0.0.1, half-closes included', async (t) => {
  const server =
    'import socket\ns=socket.create_server(("127.0.0.1",7000))\nwhile 1:\n c,_=s.accept()\n b=b""\n while (p:=c.recv(65536)): b+=p\n c.sendall(b[::-1]); c.close()';
  const python = await exec(['python3', '-c', 'pass']);
  const listener = lab.begin(
    python.code === 0
      ? ['exec', 'dev', '--', 'python3', '-c', server]
      : [
          'exec',
          'dev',
          '--',
          'perl',
          '-MIO::Socket::INET',
          '-e',
          '$s=IO::Socket::INET->new(Listen=>5,LocalAddr=>"127.0.0.1",LocalPort=>7000,ReuseAddr=>1) or die; while($c=$s->accept){local $/;$b=<$c>;print $c scalar reverse $b;close $c}',
        ],
  );
  const forward = lab.begin(['forward', 'dev', '0:7000']);
  t.after(() => [listener, forward].map((child) => child.kill('SIGKILL')));
  const [line] = (await once0(forward)).split('\n');
  const port = Number(/^127\.0\.0\.1:(\d+) -> dev:7000$/.exec(line ?? '')?.[1]);
  await until('the guest listens', async () => (await ask(port, 'abc')) === 'cba');
  assert.equal((await ask(port, `${'x'.repeat(300_000)}y`)).slice(0, 2), 'yx');
  listener.kill('SIGKILL');
  await until('the guest is gone', async () => (await ask(port, 'abc')) === '');
  forward.kill('SIGINT');
  assert.equal((await outcome(forward)).code, 0);
});

/** The first thing a child writes. */
async function once0(child: ReturnType<Lab['begin']>): Promise<string> {
  return await new Promise((resolve) => child.stdout?.once('data', (bytes: Buffer) => resolve(bytes.toString())));
}

/** Sends a text, ends, and reads the answer; nothing when the connection breaks. */
async function ask(port: number, text: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(text);
  let answer = '';
  try {
    for await (const bytes of socket) answer += bytes;
  } catch {
    return '';
  }
  return answer;
}

test('list, inspect and logs tell about it, for people and for programs', async () => {
  assert.match(await lab.ok('list'), /^dev +running +minimal +1 +512 MiB +\d/m);
  assert.equal(await lab.ok('ls', '-q', '--label', 'team=web'), 'dev\n');
  assert.equal(await lab.ok('list', '--label', 'team=other', '-q'), '');
  const shown = JSON.parse(await lab.ok('inspect', 'dev', '--json'));
  assert.deepEqual([shown.name, shown.state, shown.env.LEVEL], ['dev', 'running', 'sandbox']);
  assert.ok(shown.report.steps.every((step: { ok: boolean }) => step.ok));
  assert.match(await lab.ok('inspect', shown.id.slice(0, 8)), /^Came up: +forked from a template in /m);
  await lab.ok('exec', 'dev', '-u', 'root', '--', 'sh', '-c', 'printf "one\\ntwo\\n" > /dev/console');
  assert.match(await lab.ok('logs', 'dev'), /one\r?\ntwo\r?\n$/);
  assert.match(await lab.ok('logs', 'dev', '-n', '1'), /^two\r?\n$/);
});

test('it is stopped and started with its disk', async () => {
  await lab.run(['file', 'write', 'dev', '/workspace/kept'], { input: 'kept' });
  assert.equal(await lab.ok('stop', 'dev', '--poweroff'), 'sandbox/dev stopped\n');
  const refused = await exec(['true']);
  assert.deepEqual(refused, {
    code: 125,
    stdout: '',
    stderr: 'Error: cannot reach dev: it is stopped (stopped by request)\nTry: bhatti start dev\n',
  });
  assert.equal(await lab.ok('start', 'dev'), 'sandbox/dev started\n');
  assert.equal(await lab.ok('file', 'read', 'dev', '/workspace/kept'), 'kept');
  assert.equal(await lab.ok('exec', 'dev', '--', 'sh', '-c', 'echo $LEVEL'), 'sandbox\n');
});

test('a shutdown at a time is set, shown and cancelled; a runlevel that is none is refused', async () => {
  const said = async (script: string): Promise<string> =>
    (await exec(['sh', '-c', `${script} 2>&1; echo = $?`])).stdout;
  assert.match(
    await said('sudo shutdown --no-wall +60'),
    /^Shutdown scheduled for \w{3} [\d-]+ [\d:]+ \w+, use 'shutdown -c' to cancel\.\n= 0\n$/,
  );
  assert.match(await said('shutdown --show'), /^Shutdown scheduled for /);
  assert.match(await said('systemctl is-active bhatti-shutdown-at.timer'), /^active\n/);
  assert.equal(await said('sudo shutdown --no-wall -c'), '= 0\n');
  assert.equal(await said('shutdown --show'), 'No scheduled shutdown.\n= 0\n');
  assert.equal(await said('systemctl is-active bhatti-shutdown-at.timer'), 'inactive\n= 4\n');
  assert.equal(await said('sudo telinit q'), '= 0\n');
  assert.equal(await said('sudo telinit 7'), "Invalid command '7'.\n= 1\n");
});

test('the host name is changed by hostnamectl, and known to the kernel at once', async () => {
  const script =
    'hostnamectl set-hostname other && hostname && cat /etc/hostname && hostnamectl hostname dev && hostname';
  assert.deepEqual(await exec(['sudo', 'sh', '-c', script]), { code: 0, stdout: 'other\nother\ndev\n', stderr: '' });
});
