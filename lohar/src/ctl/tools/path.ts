/** systemd-path: where things lie. Facts: systemd-path(1), file-hierarchy(7). */
import { parseOptions, UsageError } from '../options.ts';
import type { Program } from '../program.ts';
import { VERSION_TEXT } from '../systemd-version.ts';

const SPECS = [{ long: 'version' }, { long: 'no-pager' }, { long: 'suffix', argument: 'required' }] as const;

const system = (kind: string): string =>
  ['/etc', '/run', '/usr/local/lib', '/usr/lib'].map((folder) => `${folder}/${kind}`).join(':');

/** A value that begins with ~ is in the home of who asks, one with $ in what a variable names. */
const PATHS: Readonly<Record<string, string>> = {
  temporary: '/tmp',
  'temporary-large': '/var/tmp',
  'system-binaries': '/usr/bin',
  'system-include': '/usr/include',
  'system-library-private': '/usr/lib',
  'system-shared': '/usr/share',
  'system-configuration-factory': '/usr/share/factory/etc',
  'system-state-factory': '/usr/share/factory/var',
  'system-configuration': '/etc',
  'system-runtime': '/run',
  'system-runtime-logs': '/run/log',
  'system-state-private': '/var/lib',
  'system-state-logs': '/var/log',
  'system-state-cache': '/var/cache',
  'system-state-spool': '/var/spool',
  'user-binaries': '~/.local/bin',
  'user-library-private': '~/.local/lib',
  'user-shared': '$XDG_DATA_HOME:~/.local/share',
  'user-configuration': '$XDG_CONFIG_HOME:~/.config',
  'user-runtime': '$XDG_RUNTIME_DIR:',
  'user-state-cache': '$XDG_CACHE_HOME:~/.cache',
  'user-state-private': '$XDG_STATE_HOME:~/.local/state',
  user: '~',
  'systemd-util': '/usr/lib/systemd',
  'systemd-system-unit': '/usr/lib/systemd/system',
  'systemd-system-preset': '/usr/lib/systemd/system-preset',
  'systemd-system-conf': '/etc/systemd/system',
  'systemd-user-unit': '/usr/lib/systemd/user',
  'systemd-user-preset': '/usr/lib/systemd/user-preset',
  'systemd-user-conf': '/etc/systemd/user',
  'systemd-search-system-unit':
    '/etc/systemd/system.control:/run/systemd/system.control:/run/systemd/transient:/run/systemd/generator.early:/etc/systemd/system:/etc/systemd/system.attached:/run/systemd/system:/run/systemd/system.attached:/run/systemd/generator:/usr/local/lib/systemd/system:/usr/lib/systemd/system:/run/systemd/generator.late',
  'systemd-system-generator': '/usr/lib/systemd/system-generators',
  'systemd-user-generator': '/usr/lib/systemd/user-generators',
  'systemd-sleep': '/usr/lib/systemd/system-sleep',
  'systemd-shutdown': '/usr/lib/systemd/system-shutdown',
  tmpfiles: '/usr/lib/tmpfiles.d',
  sysusers: '/usr/lib/sysusers.d',
  sysctl: '/usr/lib/sysctl.d',
  binfmt: '/usr/lib/binfmt.d',
  'modules-load': '/usr/lib/modules-load.d',
  catalog: '/usr/lib/systemd/catalog',
  'systemd-search-network': system('systemd/network'),
};

function located({ env }: Program, value: string): string {
  const [, variable, otherwise] = /^\$(\w+):(.*)$/.exec(value) ?? [];
  const set = variable === undefined ? undefined : env.get(variable);
  if (set?.startsWith('/') === true) return set;
  return (otherwise ?? value).replace(/^~/, env.get('HOME') ?? '/root');
}

export function path(program: Program): number {
  const asked = { version: false, suffix: '' };
  const names = parseOptions(program.name, program.argv, SPECS, (option, value = '') => {
    if (option === 'version') asked.version = true;
    if (option === 'suffix') asked.suffix = `/${value.replace(/^\/+/, '')}`;
  });
  if (asked.version) {
    program.out(VERSION_TEXT);
    return 0;
  }
  const suffixed = (value: string) =>
    located(program, value)
      .split(':')
      .map((each) => each + asked.suffix)
      .join(':');
  for (const name of names) {
    const value = Object.hasOwn(PATHS, name) ? PATHS[name] : undefined;
    if (value === undefined) throw new UsageError(`Path ${name} not known.`);
    if (located(program, value) === '') throw new UsageError(`Failed to get path: No such device or address`);
    program.out(`${suffixed(value)}\n`);
  }
  if (names.length > 0) return 0;
  for (const [name, value] of Object.entries(PATHS))
    if (located(program, value) !== '') program.out(`${name}: ${suffixed(value)}\n`);
  return 0;
}
