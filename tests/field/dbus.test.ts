/**
 * The system bus, installed from the archive: dbus-daemon with socket activation, services that are up with their name,
 * services that the bus starts, and all of that across an end of whoever has a part in it.
 */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { until } from '../until.ts';
import { openSandbox } from './sandbox.ts';

const PACKAGES = ['dbus', 'dbus-tests', 'avahi-daemon'];
const ECHO = 'dbus-test-tool echo --system --name=org.example';
const UNITS: Readonly<Record<string, string>> = {
  Slow: `TimeoutStartSec=60\nExecStart=/bin/sh -c 'until [ -e /run/go ]; do sleep 0.1; done; exec ${ECHO}.Slow'`,
  Fails: `ExecStart=/bin/sh -c 'exit 3'`,
  Ends: 'ExecStart=/bin/true',
  Never: 'TimeoutStartSec=1\nExecStart=/bin/sleep infinity',
  Called: `ExecStart=${ECHO}.Called`,
  Yields: `ExecStart=/bin/sh -c '${ECHO}.Yields & e=$$!; until [ -e /run/enough ]; do sleep 0.1; done; kill $$e; exec sleep infinity'`,
};
const SETUP = [
  ...Object.entries(UNITS).map(
    ([name, text]) =>
      `cat >/etc/systemd/system/t-${name}.service <<'END'\n[Service]\nType=dbus\nBusName=org.example.${name}\n${text}\nEND`,
  ),
  'ln -s /dev/null /etc/systemd/system/t-Masked.service',
  ...['Called', 'Masked', 'Missing'].map(
    (name) =>
      `printf '[D-BUS Service]\\nName=org.example.${name}\\nExec=/bin/false\\nUser=root\\nSystemdService=t-${name}.service\\n' >/usr/share/dbus-1/system-services/org.example.${name}.service`,
  ),
  'echo \'<busconfig><policy user="root"><allow own_prefix="org.example"/></policy><policy context="default"><allow send_interface="org.example"/></policy></busconfig>\' >/usr/share/dbus-1/system.d/example.conf',
  'systemctl daemon-reload',
].join('\n');

let sandbox: Awaited<ReturnType<typeof openSandbox>>;

before(async () => {
  sandbox = await openSandbox(PACKAGES);
});
after(() => sandbox?.close());

const said = async (script: string): Promise<string> => (await sandbox.run(script)).output.trim();
/** Values in the order that systemctl has them in. */
const show = (unit: string, ...properties: string[]): Promise<string> =>
  said(`systemctl show -p ${properties.join(',')} ${unit} | sed 's/.*=//' | paste -sd ' '`);
/** Calls a method of whoever has the name. */
const call = (name: string, user = 'root'): Promise<string> =>
  said(`su ${user} -c 'dbus-send --system --print-reply --dest=org.example.${name} / org.example.Method'`);
const untilIs = (unit: string, sub: string): Promise<void> =>
  until(`${unit} is ${sub}`, async () => (await show(unit, 'SubState')) === sub);
const companion = (): Promise<string> => show('bhatti-bus', 'MainPID');

/** Ends it as no program can help; a unit's service manager brings it back. */
async function killCompanion(): Promise<void> {
  const before = await companion();
  await said(`kill -9 ${before}`);
  await until('another one runs', async () => !['0', before].includes(await companion()));
}
const WAYS: readonly (readonly [name: string, how: () => Promise<unknown>])[] = [
  ['kill -9 of the companion', killCompanion],
  ['daemon-reexec', () => said('systemctl daemon-reexec')],
  ['a crash of PID 1', () => said('kill -SEGV 1')],
  ['daemon-reload', () => said('systemctl daemon-reload')],
];

test('without a bus Type=dbus is up at once, and says why', async () => {
  await said(SETUP);
  assert.equal((await sandbox.run('systemctl start t-Never')).code, 0);
  assert.equal(await show('t-Never', 'ActiveState', 'SubState'), 'active running');
  assert.match(await said('journalctl -u t-Never -o cat'), /There is no D-Bus here to watch for the bus name/);
  assert.doesNotMatch(await said('ps -e -o args'), /lohar bus/);
});

test('the bus listens once it is installed, and runs from the first connection on', async () => {
  const { code, output } = await sandbox.run('apt-get -y -q --no-install-recommends install dbus dbus-tests');
  assert.equal(code, 0, output);
  assert.equal(await show('dbus.socket', 'ActiveState', 'SubState'), 'active listening');
  assert.equal(await show('dbus.service', 'ActiveState'), 'inactive');
  const names = () =>
    said('dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames');
  assert.match(await names(), /"org.freedesktop.DBus"/);
  assert.equal(await show('dbus.service', 'ActiveState', 'SubState'), 'active running');
  await until('PID 1 has its name', async () => (await names()).includes('"org.freedesktop.systemd1"'));
  assert.equal(await show('t-Never', 'ActiveState', 'SubState'), 'active running');
});

test('a service is activating until it has its name', async () => {
  assert.match(await show('t-Slow', 'Requires', 'After'), /dbus\.socket.*dbus\.socket/);
  await said('systemctl start --no-block t-Slow');
  await untilIs('t-Slow', 'start');
  assert.equal(await show('t-Slow', 'ActiveState', 'SubState'), 'activating start');
  assert.match(await said('systemctl list-jobs'), /t-Slow\.service +start +running/);
  assert.equal((await sandbox.run('touch /run/go; systemctl start t-Slow')).code, 0);
  assert.equal(await show('t-Slow', 'ActiveState', 'SubState'), 'active running');
});

const failing: readonly (readonly [unit: string, how: string, code: number, ends: string])[] = [
  ['Fails', 'whose program fails before', 1, 'exit-code failed'],
  ['Ends', 'whose program ends well before is over, which is no failure', 0, 'success inactive'],
  ['Never', 'whose program does not take its name in time', 1, 'timeout failed'],
];
for (const [unit, how, code, ends] of failing)
  test(`a service ${how}`, async () => {
    assert.equal((await sandbox.run(`systemctl restart t-${unit}`)).code, code);
    assert.equal(await show(`t-${unit}`, 'Result', 'ActiveState'), ends);
  });

test('a service goes down with its name', async () => {
  assert.equal((await sandbox.run('systemctl start t-Yields')).code, 0);
  await said('touch /run/enough');
  await untilIs('t-Yields', 'dead');
  assert.equal(await show('t-Yields', 'Result', 'ActiveState'), 'success inactive');
});

test('whoever calls a name starts its unit, and is answered by it', async () => {
  assert.match(await call('Called', 'lohar'), /^method return/);
  assert.equal(await show('t-Called', 'ActiveState', 'SubState'), 'active running');
});

const refused: readonly (readonly [name: string, error: string])[] = [
  ['Masked', 'Error org.freedesktop.systemd1.UnitMasked: Unit t-Masked.service is masked.'],
  ['Missing', 'Error org.freedesktop.systemd1.NoSuchUnit: Unit t-Missing.service not found.'],
];
for (const [name, error] of refused)
  test(`a unit that cannot be started is an error for who called: ${name}`, async () =>
    assert.equal(await call(name), error));

for (const [name, how] of WAYS)
  test(`after ${name} services that have their names run on, and others are started by the bus`, async () => {
    const before = await show('t-Slow', 'MainPID', 'ActiveState', 'SubState');
    await said('systemctl stop t-Called');
    await how();
    assert.match(await call('Called'), /^method return/);
    assert.equal(await call('Masked'), refused[0]?.[1]);
    assert.equal(await show('t-Slow', 'MainPID', 'ActiveState', 'SubState'), before);
    assert.equal((await sandbox.run('systemctl restart t-Called')).code, 0);
    assert.equal(await show('t-Called', 'ActiveState', 'SubState'), 'active running');
  });

test('a name that is taken or lost while PID 1 or its companion begins anew is heard of', async () => {
  await said('rm /run/go; systemctl stop t-Slow; systemctl start --no-block t-Slow');
  await untilIs('t-Slow', 'start');
  await killCompanion();
  await said('systemctl daemon-reexec; touch /run/go');
  assert.equal((await sandbox.run('systemctl start t-Slow')).code, 0);
  await said(
    'rm /run/enough; systemctl start t-Yields; kill -9 $(systemctl show -P MainPID bhatti-bus); touch /run/enough',
  );
  await untilIs('t-Yields', 'dead');
});

test('a bus that is killed takes its clients along, and the next call starts all of it', async () => {
  await said('systemctl start t-Slow; kill -9 $(systemctl show -P MainPID dbus)');
  for (const unit of ['t-Slow', 'bhatti-bus'])
    await until(`${unit} is over`, async () => (await show(unit, 'ActiveState')) !== 'active');
  assert.match(await call('Called'), /^method return/);
  await untilIs('bhatti-bus', 'running');
});

test('avahi-daemon runs, is asked, and is started by the bus', async () => {
  const { code, output } = await sandbox.run('apt-get -y -q --no-install-recommends install avahi-daemon');
  assert.equal(code, 0, output);
  assert.equal(await show('avahi-daemon', 'Type', 'ActiveState', 'SubState'), 'dbus active running');
  await said('systemctl stop avahi-daemon.socket avahi-daemon');
  const asked = '--dest=org.freedesktop.Avahi / org.freedesktop.Avahi.Server.GetHostName';
  assert.match(await said(`dbus-send --system --print-reply ${asked}`), /string "field"/);
  assert.equal(await show('avahi-daemon', 'ActiveState'), 'active');
});

test('after stop and start of the sandbox the bus and its services are there again', async () => {
  await sandbox.stopAndStart();
  assert.match(await call('Called', 'lohar'), /^method return/);
  await untilIs('avahi-daemon', 'running');
});
