/** Installs a package and says what it brought: packages, unit files, links, units and their states. */
import type { Installed, Properties, UnitFound } from '../recording.ts';
import { ask, askAll, blocksOf, cleaned, linesOf, type Run, secondsSince, stateOf } from './ask.ts';

export const LINKS =
  'find /etc/systemd/system /run/systemd/system /run/systemd/generator* -mindepth 1 \\( -type l -printf "%p -> %l\\n" \\) 2>/dev/null | sort';
export const HELPER =
  'find /var/lib/systemd/deb-systemd-helper-enabled /var/lib/systemd/deb-systemd-helper-masked -type f 2>/dev/null | sort';
export const FAILED = 'systemctl --failed --no-legend --plain --no-pager';
export const USERS = 'cut -d: -f1 /etc/passwd | sort';
const UNITS = "systemctl list-units --all --plain --no-legend --no-pager | awk '{print $1}' | sort";
const PACKAGES = `dpkg-query -W -f '\${db:Status-Abbrev} \${Package} \${Version}\\n' | awk '$1=="ii"{print $2" "$3}' | sort`;

export const PROPERTIES =
  'Id,LoadState,ActiveState,SubState,Result,UnitFileState,Type,MainPID,ExecMainStatus,NRestarts,TriggeredBy';
export const TELLING = /symlink|Removed "|systemd|systemctl|invoke-rc|update-rc|[Ff]ailed|Job for/;
const UNIT_FILE = /\.(service|socket|timer|path|mount|target|slice|automount|swap)$/;
const LOADED = /\.(service|socket|timer|path)$/;
const LAST_LINES = 15;
const INSTALL_MS = 900_000;
/** What a script has begun is given this long, as in the recordings. */
const SETTLE_S = 3;

/** The machine before the package came. */
export interface Before {
  readonly packages: readonly string[];
  readonly units: readonly string[];
  readonly links: readonly string[];
  readonly helper: readonly string[];
  readonly failed: readonly string[];
  readonly users: readonly string[];
  readonly version: string;
}

export async function stateBefore(run: Run): Promise<Before> {
  const all = await askAll(run, ['systemctl --version', PACKAGES, UNITS, LINKS, HELPER, FAILED, USERS]);
  const [version = [], packages = [], units = [], links = [], helper = [], failed = [], users = []] = all;
  return { version: version[0] ?? '', packages, units, links, helper, failed, users };
}

export async function install(run: Run, name: string, before: Before): Promise<Installed> {
  const from = performance.now();
  const command = `DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${name}`;
  const { code, output } = await run(command, INSTALL_MS);
  const said = linesOf(cleaned(output));
  const result = { rc: code, seconds: secondsSince(from), last_lines: said.slice(-LAST_LINES) };
  const questions = [`sleep ${SETTLE_S}`, PACKAGES, UNITS, LINKS, HELPER, FAILED, 'ss -ltunpH'];
  const [, packages = [], loaded = [], links = [], helper = [], failed = [], listening = []] = await askAll(
    run,
    questions,
  );
  const newPackages = without(packages, before.packages);
  const files = await filesOf(run, newPackages);
  const newlyLoaded = without(loaded, before.units).filter((unit) => LOADED.test(unit));
  return {
    install: { ...result, systemd_lines: said.filter((line) => TELLING.test(line)) },
    new_packages: newPackages,
    ...files,
    links_added: without(links, before.links),
    links_removed: without(before.links, links),
    helper_state_added: without(helper, before.helper),
    units_newly_loaded: newlyLoaded,
    units: await unitsFound(run, [...new Set([...unitsOf(files.unit_files, files.init_scripts), ...newlyLoaded])]),
    failed,
    failed_detail: await failedDetail(run, failed),
    listening: listening.map((line) => line.replaceAll(/ +/g, ' ').trim()),
  };
}

export const without = (all: readonly string[], known: readonly string[]): string[] =>
  all.filter((one) => !known.includes(one));

async function filesOf(
  run: Run,
  packages: readonly string[],
): Promise<{ unit_files: string[]; init_scripts: string[] }> {
  if (packages.length === 0) return { unit_files: [], init_scripts: [] };
  const names = packages.map((line) => line.split(' ')[0]).join(' ');
  const pattern = '/systemd/system/[^/]+|^/etc/init.d/.';
  const all = await ask(
    run,
    `dpkg -L ${names} 2>/dev/null | grep -E "${pattern}" | sort -u | while read f; do [ -d "$f" ] || echo "$f"; done`,
  );
  return {
    unit_files: all.filter((file) => file.includes('/systemd/system/')),
    init_scripts: all.filter((file) => file.startsWith('/etc/init.d/')),
  };
}

function unitsOf(files: readonly string[], scripts: readonly string[]): string[] {
  const names = files.map((file) => file.split('/systemd/system/')[1] ?? '');
  return [
    ...names.filter((name) => !name.includes('/') && UNIT_FILE.test(name)),
    ...scripts.map((script) => `${script.split('/').at(-1)}.service`),
  ];
}

async function unitsFound(run: Run, units: readonly string[]): Promise<Record<string, UnitFound>> {
  const found: Record<string, UnitFound> = {};
  const list = (names: readonly string[]) => names.map((name) => `'${name}'`).join(' ');
  const enabled = 'o=$(systemctl is-enabled "$u" 2>&1); echo "$u|$?|"$o';
  for (const line of units.length > 0 ? await ask(run, `for u in ${list(units)}; do ${enabled}; done`) : []) {
    const [unit = '', rc, said = ''] = line.split('|');
    if (rc !== undefined) found[unit] = { is_enabled: said, is_enabled_rc: Number(rc) };
  }
  const plain = units.filter((unit) => !unit.includes('@.'));
  if (plain.length === 0) return found;
  const show = `echo "Asked=$u"; systemctl show "$u" -p ${PROPERTIES}; echo`;
  for (const block of blocksOf((await run(`for u in ${list(plain)}; do ${show}; done`)).output)) {
    const { Asked = '', ...shown } = block;
    const unit = found[Asked];
    if (unit) unit.show = shown;
  }
  return found;
}

async function failedDetail(
  run: Run,
  failed: readonly string[],
): Promise<Record<string, { state: Properties; journal: string[] }>> {
  const detail: Record<string, { state: Properties; journal: string[] }> = {};
  for (const line of failed) {
    const unit = line.split(' ')[0] ?? '';
    const journal = await ask(run, `journalctl -u '${unit}' -o cat -n 15 --no-pager`);
    detail[unit] = { state: await stateOf(run, unit), journal };
  }
  return detail;
}
