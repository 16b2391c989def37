/** What is said of the large tiers, typed as it is written: one way to look at, read and restart whatever runs in them. */
import assert from 'node:assert/strict';
import test, { after, afterEach, before } from 'node:test';
import { type Lab, openLab } from '../cli/lab.ts';
import { until } from '../until.ts';
import { haveTier, IMAGES_DIR } from './tier-test.ts';

let lab: Lab;
before(async () => {
  for (const tier of ['docker', 'browser', 'computer']) await haveTier(tier);
  lab = openLab({ BHATTI_IMAGES_DIR: IMAGES_DIR });
});
afterEach(async () => {
  await lab.ok('destroy', '--all', '--yes');
  await lab.ok('prune'); // a template holds memory that the next one needs
});
after(() => lab.close());

const inside = (sandbox: string, command: string): Promise<string> =>
  lab.ok('exec', sandbox, '--', ...command.split(' '));

/** A daemon whose main process is killed comes back, and its journal has both the crash and the restart. */
async function survivesKill(sandbox: string, unit: string): Promise<void> {
  const pid = (await inside(sandbox, `systemctl show -P MainPID ${unit}`)).trim();
  assert.ok(Number(pid) > 1, pid);
  await inside(sandbox, `sudo kill -9 ${pid}`);
  const another = async (): Promise<boolean> =>
    !['0', pid].includes((await inside(sandbox, `systemctl show -P MainPID ${unit}`)).trim());
  await until(`${unit} is back`, another, 120_000);
  await until(`${unit} is active`, async () => {
    const ran = await lab.run(['exec', sandbox, '--', 'systemctl', 'is-active', unit]);
    return ran.stdout === 'active\n';
  });
  const journal = await inside(sandbox, `journalctl -u ${unit} -n 50`);
  assert.match(journal, /Main process exited, code=killed, status=9\/KILL/);
  assert.match(journal, /Scheduled restart job, restart counter is at 1\./);
}

test('docker: the engine answers when create returns, and restarts without sudo', async () => {
  await lab.ok('create', '--name', 'dev', '--image', 'docker');
  assert.match(await inside('dev', 'docker version'), /Server:[\s\S]*Version:/);
  assert.match(await inside('dev', 'systemctl status docker'), /● docker\.service - [\s\S]*Active: active \(running\)/);
  assert.match(await inside('dev', 'journalctl -u docker -n 50'), /Started docker\.service/);
  await inside('dev', 'systemctl restart docker');
  assert.match(await inside('dev', 'docker info --format {{.CgroupDriver}}'), /^cgroupfs$/m);
  await inside('dev', 'docker buildx version');
  await inside('dev', 'docker compose version');
  assert.match(await inside('dev', 'ls /proc/sys/fs/binfmt_misc'), /qemu-aarch64/);
  await survivesKill('dev', 'docker');
});

test('browser: Chrome listens on its port and comes back when it is killed', async () => {
  await lab.ok('create', '--name', 'scraper', '--image', 'browser');
  assert.match(
    await inside('scraper', 'curl -s http://127.0.0.1:9222/json/version'),
    /"Browser": "(Headless)?Chrome\//,
  );
  assert.match(await inside('scraper', 'systemctl status headless-chrome'), /Active: active \(running\)/);
  assert.match(await inside('scraper', 'node --version'), /^v22\./);
  assert.match(await inside('scraper', 'playwright --version'), /^Version /);
  await inside('scraper', 'systemctl restart headless-chrome');
  await survivesKill('scraper', 'headless-chrome');
});

test('computer: the four units do what they are for, and DISPLAY is there for every command', async () => {
  await lab.ok('create', '--name', 'desk', '--image', 'computer', '--cpus', '2', '--memory', '4096');
  const types = await inside(
    'desk',
    'systemctl show -P Type kasmvnc-firstboot kasmvnc xfce-session bhatti-display-env',
  );
  assert.deepEqual(types.split(/\n+/).filter(Boolean), ['oneshot', 'simple', 'simple', 'oneshot']);
  assert.equal(await inside('desk', 'systemctl show -P RemainAfterExit kasmvnc-firstboot'), 'yes\n');
  assert.match(await inside('desk', 'systemctl show -P After kasmvnc'), /kasmvnc-firstboot\.service/);
  assert.equal(await inside('desk', 'printenv DISPLAY'), ':99\n');
  assert.match(await inside('desk', 'screen-size'), /^\d+x\d+$/m);
  await inside('desk', 'xdotool getmouselocation');
  assert.match(await inside('desk', 'systemctl status xfce-session'), /Active: active \(running\)/);
  await inside('desk', 'systemctl stop kasmvnc');
  assert.equal((await lab.run(['exec', 'desk', '--', 'systemctl', 'is-active', 'xfce-session'])).stdout, 'inactive\n');
  await inside('desk', 'systemctl start xfce-session');
  assert.equal(await inside('desk', 'systemctl is-active kasmvnc'), 'active\n');
  await survivesKill('desk', 'kasmvnc');
});
