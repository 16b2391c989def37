/**
 * What makes any Debian or Ubuntu root a bhatti guest: lohar under its names, the targets that it boots, and what lets
 * package scripts start services through it. Laid over a finished layer when the image is made, so a new lohar needs no new layer.
 */
import { chmod, copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { runProgram } from './program.ts';

export const LOHAR_PATH = '/usr/local/bin/lohar';

/** Where systemd keeps the units that are its own. */
const UNITS = '/usr/lib/systemd/system';
/** Files of the system bus, should it be installed. */
const BUS = '/usr/share/dbus-1';
const unitsHere = join(import.meta.dirname, '../../../lohar/units');
const UNIT_ALIASES: Readonly<Record<string, string>> = {
  'ctrl-alt-del.target': 'reboot.target',
  'default.target': 'graphical.target',
  'runlevel0.target': 'poweroff.target',
  'runlevel1.target': 'rescue.target',
  'runlevel2.target': 'multi-user.target',
  'runlevel3.target': 'multi-user.target',
  'runlevel4.target': 'multi-user.target',
  'runlevel5.target': 'graphical.target',
  'runlevel6.target': 'reboot.target',
};

const PROGRAMS = [
  ...['systemctl', 'journalctl', 'hostnamectl', 'localectl', 'loginctl', 'timedatectl'],
  ...['systemd-analyze', 'systemd-cat', 'systemd-cgls', 'systemd-detect-virt', 'systemd-escape', 'systemd-id128'],
  ...['systemd-machine-id-setup', 'systemd-notify', 'systemd-path', 'systemd-run'],
];

const POWER_PROGRAMS = ['halt', 'poweroff', 'reboot', 'shutdown'];

const LINKS: readonly LaidLink[] = [
  // Package scripts call these by absolute path too, so they lie where systemd's would.
  ...PROGRAMS.map((name) => ({ path: `/usr/bin/${name}`, target: LOHAR_PATH })),
  ...POWER_PROGRAMS.map((name) => ({ path: `/usr/sbin/${name}`, target: LOHAR_PATH })),
  { path: `${UNITS}/dbus.service.wants/bhatti-bus.service`, target: '../bhatti-bus.service' },
  ...Object.entries(UNIT_ALIASES).map(([alias, target]) => ({ path: `${UNITS}/${alias}`, target })),
];

const guest = join(import.meta.dirname, 'guest');
/** Also laid down before packages are installed: the pins hold during the build. */
export const APT_PINS = { path: '/etc/apt/preferences.d/bhatti', from: join(guest, 'apt-pins'), mode: 0o644 };
/** The package that tells apt what lohar stands for, by the path that each file has while it is made. */
export const INIT_PACKAGE: Readonly<Record<string, string>> = {
  'DEBIAN/control': join(guest, 'init-package/control'),
  'usr/lib/tmpfiles.d/bhatti-init.conf': join(guest, 'init-package/tmpfiles.conf'),
};
const FILES = [
  APT_PINS,
  { path: '/usr/sbin/policy-rc.d', from: join(guest, 'policy-rc.d'), mode: 0o755 },
  { path: '/usr/lib/systemd/systemd-sysv-install', from: join(guest, 'systemd-sysv-install'), mode: 0o755 },
  // systemd's own are in its package: the bus asks for units to be started by this name.
  {
    path: `${BUS}/system-services/org.freedesktop.systemd1.service`,
    from: join(guest, 'systemd1.service'),
    mode: 0o644,
  },
  { path: `${BUS}/system.d/org.freedesktop.systemd1.conf`, from: join(guest, 'systemd1.conf'), mode: 0o644 },
  { path: '/usr/sbin/runlevel', from: join(guest, 'runlevel'), mode: 0o755 },
  { path: '/usr/sbin/telinit', from: join(guest, 'telinit'), mode: 0o755 },
];

export interface LaidFile {
  /** Absolute path in the image. */
  readonly path: string;
  /** Absolute path on the host. */
  readonly from: string;
  readonly mode: number;
}

interface LaidLink {
  /** Absolute path in the image. */
  readonly path: string;
  readonly target: string;
}

/**
 * Writes the layer's tar.
 * @param scratch an empty folder to work in
 * @throws BhattiError tier.build-failed when lohar was not built
 */
export async function packLohar(lohar: string, scratch: string, tar: string, signal: AbortSignal): Promise<void> {
  const units = (await readdir(unitsHere)).map((name) => ({
    path: `${UNITS}/${name}`,
    from: join(unitsHere, name),
    mode: 0o644,
  }));
  const program = { path: LOHAR_PATH, from: lohar, mode: 0o755 };
  await packFiles([...FILES, ...units, program], LINKS, scratch, tar, signal);
}

/** Packs host files under their paths in the image, owned by root; no folder is in the tar, so none is changed. */
export async function packFiles(
  files: readonly LaidFile[],
  links: readonly LaidLink[],
  scratch: string,
  tar: string,
  signal: AbortSignal,
): Promise<void> {
  const names: string[] = [];
  for (const file of files) {
    const to = join(scratch, file.path);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(file.from, to).catch((cause) => {
      throw new BhattiError('tier.build-failed', `cannot lay down ${file.path}: ${file.from} cannot be read`, {
        remedy: file.path === LOHAR_PATH ? 'build lohar first: npm run build' : `put the file there: ${file.from}`,
        cause,
      });
    });
    await chmod(to, file.mode);
    names.push(file.path.slice(1));
  }
  for (const { path, target } of links) {
    await mkdir(dirname(join(scratch, path)), { recursive: true });
    await symlink(target, join(scratch, path));
    names.push(path.slice(1));
  }
  const plain = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--format=pax'];
  const list = `${tar}.list`;
  await writeFile(
    list,
    names
      .sort()
      .map((name) => `${name}\n`)
      .join(''),
  );
  await runProgram('tar', ['-c', ...plain, '-f', tar, '-C', scratch, '--no-recursion', '-T', list], { signal });
}
