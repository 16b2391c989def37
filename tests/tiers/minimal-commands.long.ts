/** What is said of the tier minimal, typed as it is written: services that apt installs are lohar's from then on. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Lab, openLab } from '../cli/lab.ts';
import { until } from '../until.ts';

let lab: Lab;
before(async () => {
  lab = openLab();
  await lab.ok('create', '--name', 'dev', '--image', 'minimal', '--memory', '1024');
  await inBackground('sudo apt-get update && sudo apt-get install -y postgresql redis-server nginx');
});
after(() => lab.close());

const dev = (command: string): Promise<string> => lab.ok('exec', 'dev', '--', ...command.split(' '));
const shell = (script: string): Promise<string> => lab.ok('exec', 'dev', '--', 'sh', '-c', script);
const INSTALL_MS = 15 * 60_000;

/** Longer than a command of a test may take. @throws Error with its last lines when it fails */
async function inBackground(script: string): Promise<void> {
  await shell(`{ ${script}; echo "ended with $?"; } >/tmp/said 2>&1 &`);
  const ended = async (): Promise<boolean> => /^ended with/m.test(await shell('tail -n 1 /tmp/said'));
  await until(`the end of ${script}`, ended, INSTALL_MS);
  assert.match(await shell('tail -n 20 /tmp/said'), /^ended with 0$/m);
}

test('one status shows all that are named', async () => {
  const said = await dev('systemctl status postgresql redis-server');
  assert.match(said, /● postgresql\.service - PostgreSQL RDBMS\n[\s\S]*Active: active \(exited\)/);
  assert.match(said, /● redis-server\.service - .*\n[\s\S]*Active: active \(running\)/);
});

test('what was installed does what it is for', async () => {
  assert.equal(await dev('redis-cli ping'), 'PONG\n');
  assert.match(await shell('cd /; sudo -u postgres psql -tc "select 6 * 7"'), /42/);
  assert.match(await shell('curl -sI http://127.0.0.1'), /^HTTP\/1\.1 200 OK/);
});

test('sshd is there once its package is', async () => {
  await inBackground('sudo apt-get install -y openssh-server');
  assert.match(await shell('ssh-keyscan -t ed25519 127.0.0.1 2>/dev/null'), /ssh-ed25519 /);
});

test('a daemon that is killed comes back, and the journal has both', async () => {
  const pid = await dev('systemctl show -P MainPID redis-server');
  assert.ok(Number(pid) > 1, pid);
  await dev(`sudo kill -9 ${pid.trim()}`);
  await until('it is back', async () => (await lab.run(['exec', 'dev', '--', 'redis-cli', 'ping'])).code === 0);
  assert.notEqual(await dev('systemctl show -P MainPID redis-server'), pid);
  const journal = await dev('journalctl -u redis-server -n 50');
  assert.match(journal, /Main process exited, code=killed, status=9\/KILL/);
  assert.match(journal, /Scheduled restart job, restart counter is at 1\.[\s\S]*Started redis-server\.service/);
});

test('restart picks an edited configuration up, and needs no sudo', async () => {
  await shell('echo "maxclients 77" | sudo tee -a /etc/redis/redis.conf');
  await dev('systemctl restart redis-server');
  assert.match(await dev('redis-cli config get maxclients'), /^77$/m);
});

test('stop leaves no process of a daemon', async () => {
  await dev('systemctl stop nginx');
  assert.equal(await shell('pgrep nginx || echo none'), 'none\n');
});

test('the journal is plain text, and is followed', async () => {
  assert.match(await shell('cat /var/log/bhatti/redis-server.service.log'), /Started/);
  const followed = await shell(
    'timeout 20 journalctl -f -n 0 -u nginx >/tmp/followed & until pgrep -x journalctl >/dev/null; do :; done; sleep 1; systemctl restart nginx; wait; cat /tmp/followed',
  );
  assert.match(followed, /Started nginx\.service/);
});

test('the base is what it is said to be', async () => {
  assert.match(await dev('id'), /^uid=1000\(lohar\)/);
  assert.equal(await dev('sudo -n id -u'), '0\n');
  await dev('dpkg -s curl sudo ca-certificates fuse3');
  assert.match(
    await shell('apt-cache policy systemd-resolved systemd'),
    /Candidate: \(none\)[\s\S]*Candidate: \(none\)/,
  );
  assert.equal(await shell('command -v loginctl || echo none'), 'none\n');
});
