/** Enabling of SysV scripts, which systemctl leaves to systemd-sysv-install. */
import { exists, runChild } from '../run-child.ts';
import type { Ctl } from './manager.ts';

const INSTALL = '/usr/lib/systemd/systemd-sysv-install';
const SCRIPTS = '/etc/init.d';
const FOLDERS = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];

export interface SysvResult {
  /** Names that are native units, or both. */
  readonly native: readonly string[];
  /** is-enabled: what the scripts among the names are. */
  readonly state: 'none' | 'enabled' | 'disabled';
  readonly failed: boolean;
}

/** Does the unit have a file of its own, not one generated from a script? */
function isNative({ program, settings }: Ctl, name: string): boolean {
  const template = name.replace(/@.*(\.\w+)$/, '@$1');
  return FOLDERS.some((folder) =>
    [name, template].some((file) => linkExists(program.sys, `${settings.root}${folder}/${file}`)),
  );
}

function linkExists(sys: Ctl['program']['sys'], path: string): boolean {
  try {
    sys.lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** Hands scripts among the names over; says so. Names without a script come back untouched. */
export function redirectSysv(ctl: Ctl, verb: string, names: readonly string[]): SysvResult {
  const { program, settings } = ctl;
  const native: string[] = [];
  let state: SysvResult['state'] = 'none';
  for (const name of names) {
    const script = name.replace(/\.service$/, '');
    const candidate = settings.scope === 'system' && name.endsWith('.service') && !name.startsWith('/');
    const isUnit = !candidate || isNative(ctl, name);
    const hasScript = candidate && exists(program, `${settings.root}${SCRIPTS}/${script}`);
    if (isUnit || !hasScript) native.push(name);
    if (!hasScript || (isUnit && verb === 'is-enabled')) continue;
    if (!settings.quiet) {
      program.err(
        isUnit
          ? `Synchronizing state of ${name} with SysV service script with ${INSTALL}.`
          : `${name} is not a native service, redirecting to systemd-sysv-install.`,
      );
    }
    const argv = [INSTALL, ...(settings.root === '' ? [] : [`--root=${settings.root}`]), verb, script];
    if (!settings.quiet) program.err(`Executing: ${argv.join(' ')}`);
    const code = runChild(program, argv);
    if (verb === 'is-enabled') {
      if (!settings.quiet) program.out(code === 0 ? 'enabled\n' : 'disabled\n');
      if (state !== 'enabled') state = code === 0 ? 'enabled' : 'disabled';
    } else if (code !== 0) return { native, state, failed: true };
  }
  return { native, state, failed: false };
}
