/** What befalls apt in a sandbox: a disk that fills while dpkg unpacks, and a power failure while it does. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type Sandbox, withSandbox } from './sandbox.ts';

const PACKAGES = ['postgresql', 'nginx'];
const SERVICES = ['nginx', 'postgresql@16-main'];
const INSTALL = `DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${PACKAGES.join(' ')}`;
const TEST_MS = 20 * 60_000;
const APT_MS = 10 * 60_000;

async function must({ run }: Sandbox, script: string, timeoutMs?: number): Promise<string> {
  const { code, output } = await run(script, timeoutMs);
  assert.equal(code, 0, `${script}: ${output}`);
  return output.trim();
}

/** What dpkg has to say of packages that are not whole. */
const brokenPackages = (sandbox: Sandbox): Promise<string> => must(sandbox, 'dpkg --audit');

async function everythingRuns(sandbox: Sandbox): Promise<void> {
  assert.equal(await brokenPackages(sandbox), '');
  const states = await must(sandbox, `systemctl is-active ${SERVICES.join(' ')}`);
  assert.deepEqual(states.split('\n'), ['active', 'active']);
}

test('a disk that is full in the middle of apt', { timeout: TEST_MS }, () =>
  withSandbox(PACKAGES, async (sandbox) => {
    await must(sandbox, "systemd-run --unit=ticker sh -c 'while :; do date; sleep 0.2; done'");
    await must(sandbox, 'fallocate -l $(( ($(df --output=avail -k / | tail -n 1) - 30000) * 1024 )) /fill');
    const { code, output } = await sandbox.run(INSTALL, APT_MS);
    assert.equal(code, 100, output);
    assert.match(output, /No space left on device/);
    assert.notEqual(await brokenPackages(sandbox), '');
    await must(
      sandbox,
      'dd if=/dev/zero of=/fill2 bs=64k 2>/dev/null; dd if=/dev/zero of=/fill3 bs=1 2>/dev/null; true',
    );
    assert.equal(await must(sandbox, 'systemctl is-active ticker'), 'active');
    await must(sandbox, 'rm /fill /fill2 /fill3');
    await must(sandbox, 'DEBIAN_FRONTEND=noninteractive apt-get -f install -y', APT_MS);
    await must(sandbox, INSTALL, APT_MS);
    await everythingRuns(sandbox);
    const [now, last] = (await must(sandbox, 'date +%s; journalctl -u ticker -n 1 -o short-unix')).split('\n');
    assert.ok(Number(now) - Number.parseFloat(last ?? '') < 5, `the journal goes on: ${now}, ${last}`);
    assert.equal(await must(sandbox, 'systemctl show -P NRestarts ticker'), '0');
  }),
);

test('a power failure in the middle of apt', { timeout: TEST_MS }, () =>
  withSandbox(PACKAGES, async (sandbox) => {
    await must(sandbox, `systemd-run --unit=cut-off sh -c '${INSTALL}'`);
    const isUnpacking = "dpkg -l | grep -qE '^i[UFH]'";
    await must(sandbox, `until ${isUnpacking}; do systemctl -q is-active cut-off || exit 1; sleep 0.1; done`, APT_MS);
    await sandbox.killAndStart();
    assert.notEqual(await brokenPackages(sandbox), '');
    await must(sandbox, 'DEBIAN_FRONTEND=noninteractive dpkg --configure -a', APT_MS);
    await must(sandbox, 'DEBIAN_FRONTEND=noninteractive apt-get -f install -y', APT_MS);
    await must(sandbox, INSTALL, APT_MS);
    await everythingRuns(sandbox);
  }),
);
