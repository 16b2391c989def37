/** What is true of every unit that a tier ships. */
import type { Smoke } from './smoke.ts';

/** Type= by name of the unit. */
export type UnitTypes = Readonly<Record<string, 'simple' | 'notify' | 'forking' | 'oneshot'>>;

export async function checkUnits(smoke: Smoke, types: UnitTypes): Promise<void> {
  for (const [unit, type] of Object.entries(types)) {
    await smoke.step(`${unit} is enabled, ${type}, and ${stateOf(type)}`, () => isThere(smoke, unit, type));
    if (type === 'oneshot') continue;
    await smoke.step(`${unit} comes back when it is killed, and the journal says so`, () => comesBack(smoke, unit));
    await smoke.step(`${unit} leaves no process when it is stopped`, () => leavesNothing(smoke, unit));
  }
}

const stateOf = (type: string): string => (type === 'oneshot' ? 'active/exited' : 'active/running');

async function isThere(smoke: Smoke, unit: string, type: string): Promise<void> {
  const names = ['LoadState', 'UnitFileState', 'Type', 'ActiveState', 'SubState'];
  const told = await smoke.output(`systemctl show ${unit} ${names.map((name) => `-p ${name}`).join(' ')}`);
  const found = Object.fromEntries(told.split('\n').map((line) => line.split('=') as [string, string]));
  const is = names.map((name) => found[name]).join(' ');
  const wanted = `loaded enabled ${type} ${stateOf(type).replace('/', ' ')}`;
  if (is !== wanted) throw new Error(`${unit} is ${is}, not ${wanted}`);
}

async function comesBack(smoke: Smoke, unit: string): Promise<void> {
  const mainPid = (): Promise<string> => smoke.output(`systemctl show -P MainPID ${unit}`);
  const before = await mainPid();
  await smoke.output(`sudo kill -9 ${before}`);
  await smoke.until(`${unit} is active again with another process`, async () => {
    const { stdout } = await smoke.run(`systemctl is-active ${unit}`);
    const pid = await mainPid();
    return stdout.toString() === 'active\n' && pid !== '0' && pid !== before;
  });
  const journal = await smoke.output(`journalctl -q --no-pager -u ${unit} -n 200`);
  for (const line of ['Main process exited, code=killed, status=9/KILL', 'Scheduled restart job', `Started ${unit}`])
    if (!journal.includes(line)) throw new Error(`the journal does not say "${line}":\n${journal}`);
}

async function leavesNothing(smoke: Smoke, unit: string): Promise<void> {
  await smoke.output(`systemctl stop ${unit}`);
  const left = await smoke.output(`cat /sys/fs/cgroup/system.slice/${unit}/cgroup.procs 2>/dev/null || true`);
  if (left !== '') throw new Error(`processes are left: ${left.replaceAll('\n', ' ')}`);
  await smoke.output(`systemctl start ${unit}`);
}
