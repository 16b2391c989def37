/** What an update does to a package that runs as Ubuntu 24.04 was released with it. */
import { type Pocket, useArchive } from '../archive.ts';
import { installedFor } from '../packages.ts';
import type { Upgrade } from '../recording.ts';
import { ask, cleaned, linesOf, type Run, stateOf } from './ask.ts';
import { FAILED, TELLING } from './install.ts';

const APT_MS = 900_000;
/** What a script has begun is given this long, as after an installation. */
const SETTLE_S = 3;
const RUNNING =
  "systemctl list-units --type=service --state=running --plain --no-legend --no-pager | awk '{print $1}' | sort";

/** @param archives where the machine has them; it knows the released one */
export async function observeUpgrade(run: Run, name: string, archives: Record<Pocket, string>): Promise<Upgrade> {
  const before = await ask(run, RUNNING);
  const apt = (words: string) =>
    run(
      `DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends ${words}; c=$?; sleep ${SETTLE_S}; exit $c`,
      APT_MS,
    );
  const version = async () => (await ask(run, `dpkg-query -W -f '\${Version}' ${name}`))[0] ?? '';
  const installed = await apt(`install ${installedFor(name).join(' ')}`);
  const from = await version();
  const services = (await ask(run, RUNNING)).filter((unit) => !before.includes(unit));
  const old = new Map<string, string | undefined>();
  for (const unit of services) old.set(unit, (await stateOf(run, unit)).MainPID);
  await run(useArchive(archives.updated));
  const upgraded = await apt('upgrade');
  const states: Upgrade['services'] = {};
  for (const unit of services) {
    const { MainPID, ...state } = await stateOf(run, unit);
    states[unit] = { another: MainPID !== old.get(unit), state };
  }
  return {
    ...{ package: name, from, to: await version(), install_rc: installed.code, upgrade_rc: upgraded.code },
    said: linesOf(cleaned(upgraded.output)).filter((line) => TELLING.test(line)),
    ...{ services: states, failed: await ask(run, FAILED) },
  };
}
