/**
 * Six packages of the archive, among them those that the first users install: one apt-get install, their units as real
 * systemd has them, clients that are served, and all that once more after stop and start. All packages: npm run test:field.
 */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { ask, processesIn, stateOf } from './observe/ask.ts';
import { install, stateBefore } from './observe/install.ts';
import { FIELD_PACKAGES } from './packages.ts';
import { type Installed, recordingOf } from './recording.ts';
import { openSandbox } from './sandbox.ts';
import { askClient } from './try-package.ts';

const PACKAGES = ['nginx', 'openssh-server', 'redis-server', 'postgresql', 'memcached', 'haproxy'];
/** Of the packages' services those that run whether somebody asks or not. */
const SERVICES = ['nginx', 'redis-server', 'postgresql@16-main', 'memcached', 'haproxy'];

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let installed: Installed;

before(async () => {
  sandbox = await openSandbox(PACKAGES);
  installed = await install(sandbox.run, PACKAGES.join(' '), await stateBefore(sandbox.run));
});
after(() => sandbox?.close());

test('apt and the scripts of the packages have nothing to complain about', () => {
  const { rc, last_lines, systemd_lines } = installed.install;
  assert.equal(rc, 0, last_lines.join('\n'));
  assert.deepEqual(
    systemd_lines.filter((line) => /[Ff]ailed|Job for/.test(line)),
    [],
  );
  assert.deepEqual(installed.failed, []);
});

/** What tells a unit's state to a user. */
const told = (units: Installed['units'], unit: string): string => {
  const { is_enabled, show } = units[unit] ?? {};
  return `${is_enabled}, ${show?.ActiveState} (${show?.SubState})`;
};

for (const name of PACKAGES)
  test(`${name}: its units are what real systemd makes of them`, () => {
    const recorded = recordingOf(name)?.units ?? {};
    const units = Object.keys(recorded);
    assert.ok(units.length > 0);
    const tellAll = (of: Installed['units']) => Object.fromEntries(units.map((unit) => [unit, told(of, unit)]));
    assert.deepEqual(tellAll(installed.units), tellAll(recorded));
  });

const clients = FIELD_PACKAGES.filter(({ name }) => PACKAGES.includes(name));

async function everyoneIsServed(): Promise<void> {
  for (const client of clients) assert.equal(await askClient(sandbox.run, client), null, client.name);
}

test('clients are served', everyoneIsServed);

for (const service of SERVICES)
  test(`${service}: restart, stop and start`, async () => {
    const { run } = sandbox;
    const [first, group = ''] = await ask(run, `systemctl show -P MainPID -P ControlGroup ${service}`);
    assert.equal((await run(`systemctl restart ${service}`)).code, 0);
    const { ActiveState, MainPID } = await stateOf(run, `${service}.service`);
    assert.deepEqual([ActiveState, MainPID === first], ['active', false]);
    assert.equal((await run(`systemctl stop ${service}`)).code, 0);
    assert.deepEqual(await processesIn(run, group), []);
    assert.equal((await run(`systemctl start ${service}`)).code, 0);
    assert.match((await run(`journalctl -u ${service} -o cat -n 5`)).output, /^Started /m);
  });

test('after stop and start of the sandbox clients are served again', async () => {
  await sandbox.stopAndStart();
  await everyoneIsServed();
});
