/** Packages that need systemd as the init are installed and serve; real systemd, and what needs parts of it, never comes. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { openSandbox } from './sandbox.ts';

/** As the archive has them, but for what does not matter here. */
const STUBS: Readonly<Record<string, string>> = {
  systemd: 'Provides: systemd-sysusers (= 255.4-1ubuntu8), systemd-tmpfiles (= 255.4-1ubuntu8)',
  'systemd-sysv': 'Depends: systemd (= 255.4-1ubuntu8)',
  'systemd-resolved': 'Depends: systemd (= 255.4-1ubuntu8)',
  'libpam-systemd': 'Depends: systemd (= 255.4-1ubuntu8), systemd-sysv\nProvides: default-logind, logind',
  snapd: 'Depends: systemd',
  'wants-sysv': 'Depends: cron | systemd-sysv',
  cron: 'Provides: cron-daemon',
  'wants-newer': 'Depends: systemd (>= 238)',
  'breaks-older': 'Breaks: systemd (<< 255.4-1ubuntu9.99)',
};
const STOOD_FOR = ['systemd', 'systemd-sysv'];
const REFUSED = ['systemd-resolved', 'libpam-systemd', 'snapd'];

let sandbox: Awaited<ReturnType<typeof openSandbox>>;

before(async () => {
  sandbox = await openSandbox(['polkitd']);
  const stubs = Object.entries(STUBS).map(
    ([name, fields]) =>
      `Package: ${name}\nVersion: 255.4-1ubuntu8\nArchitecture: all\nFilename: ./${name}.deb\nSize: 1\n${fields}\n`,
  );
  const { code, output } = await sandbox.run(
    `mkdir -p /srv/stubs && cat >/srv/stubs/Packages <<'END'\n${stubs.join('\n')}\nEND\necho 'deb [trusted=yes] file:/srv/stubs ./' >>/etc/apt/sources.list && apt-get -qq -o APT::Sandbox::User=root update`,
  );
  assert.equal(code, 0, output);
});
after(() => sandbox?.close());

test('polkitd is installed, started by the bus, and tells root from others', async () => {
  const installed = await sandbox.run('apt-get -qq install -y polkitd 2>&1');
  assert.equal(installed.code, 0, installed.output);
  const ask = 'pkcheck --action-id org.freedesktop.policykit.exec --process';
  assert.deepEqual(await sandbox.run(`${ask} $$`), { code: 0, output: '' });
  const asLohar = await sandbox.run(`su lohar -c '${ask} $$'`);
  assert.notEqual(asLohar.code, 0, asLohar.output);
  assert.match(asLohar.output, /requires authentication/);
  assert.equal((await sandbox.run('systemctl is-active polkit')).output, 'active\n');
});

for (const name of STOOD_FOR)
  test(`who asks for ${name} is told that lohar's package is there`, async () => {
    const { code, output } = await sandbox.run(`apt-get -s install ${name} 2>&1`);
    assert.equal(code, 0, output);
    assert.match(output, /^bhatti-init is already the newest version/m);
    assert.doesNotMatch(output, /^Inst /m);
  });

for (const name of REFUSED)
  test(`${name} is refused, and apt says so`, async () => {
    const { code, output } = await sandbox.run(`apt-get -s install ${name} 2>&1`);
    assert.equal(code, 100, output);
    assert.match(output, /no installation candidate|unmet dependencies|held broken packages/);
    assert.doesNotMatch(output, /^Inst /m);
  });

test('what asks for systemd or an init of its kind gets nothing more', async () => {
  const asked = ['breaks-older', 'wants-newer', 'wants-sysv'];
  const { output } = await sandbox.run(`apt-get -s install ${asked.join(' ')} | grep ^Inst | cut -d" " -f2 | sort`);
  assert.deepEqual(output.trim().split('\n'), asked);
});

test('apt does not take it away', async () => {
  const removed = await sandbox.run('apt-get -y remove bhatti-init 2>&1');
  assert.notEqual(removed.code, 0, removed.output);
  assert.match((await sandbox.run('dpkg -l bhatti-init')).output, /^ii +bhatti-init/m);
});
