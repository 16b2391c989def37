/** What one package does on a fresh machine, from apt-get install to purge; the order is that of the recordings. */
import { installedFor } from '../packages.ts';
import type { Purge, Recording } from '../recording.ts';
import { askAll, blocksOf, cleaned, linesOf, type Run, secondsSince } from './ask.ts';
import { type Before, FAILED, HELPER, install, LINKS, stateBefore, USERS, without } from './install.ts';
import { exerciseServices } from './services.ts';
import { askSockets } from './sockets.ts';

const PURGE_MS = 600_000;
const PURGE_LINES = 10;

/** What is looked at on the way, where the caller wants to know more. */
export interface Between {
  /** After the package was installed and its sockets were asked. */
  installed?(units: Recording['units']): Promise<void>;
  /** After its services were exercised. */
  exercised?(): Promise<void>;
}

export async function observe(run: Run, name: string, between: Between = {}): Promise<Recording> {
  const before = await stateBefore(run);
  const installed = await install(run, installedFor(name).join(' '), before);
  const sockets = await askSockets(run, installed);
  await between.installed?.(installed.units);
  const services = await exerciseServices(run, installed);
  await between.exercised?.();
  return {
    ...{ package: name, systemd: before.version, failed_before: before.failed },
    ...installed,
    ...{ sockets, services, purge: await purge(run, name, before, Object.keys(services)) },
  };
}

async function purge(run: Run, name: string, before: Before, services: readonly string[]): Promise<Purge> {
  const from = performance.now();
  const { code, output } = await run(`DEBIAN_FRONTEND=noninteractive apt-get purge -y ${name}`, PURGE_MS);
  const seconds = secondsSince(from);
  const [links = [], helper = [], failed = [], users = []] = await askAll(run, [LINKS, HELPER, FAILED, USERS]);
  const states: Record<string, Record<string, string>> = {};
  for (const unit of services.slice(0, 8)) {
    const shown = await run(`systemctl show '${unit}' -p LoadState,ActiveState,SubState,UnitFileState,MainPID`);
    states[unit] = blocksOf(shown.output)[0] ?? {};
  }
  return {
    ...{ rc: code, seconds, last_lines: linesOf(cleaned(output)).slice(-PURGE_LINES) },
    links_left: without(links, before.links),
    helper_state_left: without(helper, before.helper),
    users_left: without(users, before.users),
    ...{ failed, states },
  };
}
