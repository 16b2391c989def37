/** Two snapshots are compared: a copy of each looks around where it went on, and none is left. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type Lab, openLab } from '../cli/lab.ts';

let lab: Lab;

before(async () => {
  lab = openLab();
  await lab.ok('create', 'dev');
});
after(() => lab.close());

const SERVER = 'my $s = IO::Socket::INET->new(Listen => 1, LocalPort => 8080) or die; sleep';
const BEFORE = `
mkdir ~/gone ~/stays; echo 1 >~/changed; echo 1 >~/gone/file; echo 1 >~/stays/file
sleep 1001 & sleep 1002 & wait
`;
const AFTER = `
echo 22 >~/changed; rm -r ~/gone; touch ~/stays/new /tmp/in-memory; chmod 600 ~/stays/file; sudo pkill -fx 'sleep 1002'
mkdir -p /var/tmp/p/DEBIAN
printf 'Package: p\\nVersion: 1.5\\nArchitecture: all\\nMaintainer: x\\nDescription: x\\n' >/var/tmp/p/DEBIAN/control
dpkg-deb -b /var/tmp/p /var/tmp/p.deb >/dev/null; sudo dpkg -i /var/tmp/p.deb >/dev/null; rm -r /var/tmp/p /var/tmp/p.deb
`;

test('files, packages, processes and ports', async () => {
  lab.begin(['exec', 'dev', '--', 'sh', '-c', BEFORE]);
  await lab.ok('exec', 'dev', '--', 'sh', '-c', 'until pgrep -fx "sleep 1002"; do :; done');
  await lab.ok('snapshot', 'create', 'dev', '--name', 'before');
  await lab.ok('exec', 'dev', '--', 'sh', '-c', AFTER);
  lab.begin(['exec', 'dev', '--', 'sh', '-c', `exec perl -MIO::Socket::INET -e '${SERVER}'`]);
  await lab.ok('exec', 'dev', '--', 'sh', '-c', 'until grep -q :1F90 /proc/net/tcp; do :; done');
  await lab.ok('snapshot', 'create', 'dev', '--name', 'after');

  const lines = (await lab.ok('snapshot', 'diff', 'dev/before', 'dev/after')).trimEnd().split('\n');
  const own = lines.filter((line) => !/ \/(var\/lib\/(dpkg|apt)|var\/log|run|etc)\/|\.sudo_as_admin/.test(line));
  assert.deepEqual(
    own.map((line) => line.replace(/^(. process +)\d+ /, '$1PID ')),
    [
      'C file     /home/lohar/changed',
      'D file     /home/lohar/gone/',
      'D file     /home/lohar/gone/file',
      'C file     /home/lohar/stays/file',
      'A file     /home/lohar/stays/new',
      'A file     /tmp/in-memory',
      'A package  p 1.5',
      'D process  PID sleep 1002',
      `A process  PID perl -MIO::Socket::INET -e ${JSON.stringify(SERVER).replace('$', '\\$')}`,
      'A port     tcp 0.0.0.0:8080',
    ],
  );
  const reply = JSON.parse(await lab.ok('snapshot', 'diff', 'dev/before', 'dev/after', '--json'));
  assert.deepEqual(reply.packages, [{ how: 'added', name: 'p', after: '1.5' }]);
});

test('a snapshot is what it is', async () => {
  const { code, stdout, stderr } = await lab.run(['snapshot', 'diff', 'dev', 'dev/after']);
  assert.deepEqual([code, stdout], [0, '']);
  assert.match(stderr, /^dev and dev\/after do not differ$/m);
  assert.match((await lab.run(['snapshot', 'diff', 'dev', 'dev/nope'])).stderr, /cannot find the snapshot "dev\/nope"/);
});

test('no copy is left, also of a daemon that was killed while it compared', async () => {
  const machines = (): string[] => readdirSync(join(lab.dataDir, 'engine/vms'));
  assert.equal((await lab.ok('list', '-q')).trim(), 'dev');
  assert.equal(machines().length, 1);
  const diff = lab.begin(['snapshot', 'diff', 'dev/before', 'dev/after']);
  await new Promise<void>((copied) => {
    diff.stderr?.on('data', (text) => String(text).includes('looking at') && copied());
  });
  await lab.endDaemon('SIGKILL');
  assert.equal((await lab.ok('list', '-q')).trim(), 'dev');
  assert.equal(machines().length, 1);
});
