/** Which paths a command sees how: the settings of the sandbox as one ordered list. Pure. Facts: systemd.exec(5), "Sandboxing". */
import type { Settings } from '../../unit/directive/tables.ts';

export type View =
  | { readonly is: 'read-only' | 'writable' | 'hidden' }
  | { readonly is: 'tmpfs'; readonly options: string; readonly readOnly: boolean }
  | { readonly is: 'bind'; readonly source: string; readonly readOnly: boolean; readonly recursive: boolean }
  | { readonly is: 'devices' };

export interface PathView {
  readonly path: string;
  readonly view: View;
  /** Nothing happens when the path is not there. */
  readonly missingOk: boolean;
}

/** Does the command need a mount namespace of its own? */
export function needsMounts(settings: Settings, hasPrivateFiles: boolean): boolean {
  return settings.PrivateMounts === true || hasPrivateFiles || mountPlan(settings, null).length > 0;
}

/** Outer paths before inner ones. @param privateTmp folders that stand for /tmp and /var/tmp */
export function mountPlan(settings: Settings, privateTmp: { tmp: string; varTmp: string } | null): PathView[] {
  const views: PathView[] = [
    ...protectSystem(settings),
    ...protectHome(settings),
    ...protectKernel(settings),
    ...paths(settings.ReadOnlyPaths, { is: 'read-only' }),
    ...paths(settings.ReadWritePaths, { is: 'writable' }),
    ...paths(settings.InaccessiblePaths, { is: 'hidden' }),
    ...settings.TemporaryFileSystem.map((one) => ({
      path: one.path,
      view: { is: 'tmpfs', options: one.options, readOnly: /(^|,)ro(,|$)/.test(one.options) } as const,
      missingOk: false,
    })),
    ...settings.BindPaths.map((bind) => bound(bind, false)),
    ...settings.BindReadOnlyPaths.map((bind) => bound(bind, true)),
    ...(settings.PrivateDevices ? [{ path: '/dev', view: { is: 'devices' } as const, missingOk: false }] : []),
  ];
  if (settings.PrivateTmp && privateTmp !== null) {
    const view = (source: string): View => ({ is: 'bind', source, readOnly: false, recursive: false });
    views.push({ path: '/tmp', view: view(privateTmp.tmp), missingOk: false });
    views.push({ path: '/var/tmp', view: view(privateTmp.varTmp), missingOk: true });
  } else if (settings.PrivateTmp) views.push({ path: '/tmp', view: { is: 'writable' }, missingOk: true });
  if (isStrict(settings)) views.push(...ownDirectories(settings));
  return views.sort((a, b) => depth(a.path) - depth(b.path));
}

const depth = (path: string): number => (path === '/' ? 0 : path.split('/').length);
const isStrict = (settings: Settings): boolean => settings.ProtectSystem !== 'no';

function all(view: View, list: readonly string[]): PathView[] {
  return list.map((path) => ({ path, view, missingOk: true }));
}

function protectSystem(settings: Settings): PathView[] {
  switch (settings.ProtectSystem) {
    case 'yes':
      return all({ is: 'read-only' }, ['/usr', '/boot', '/efi']);
    case 'full':
      return all({ is: 'read-only' }, ['/usr', '/boot', '/efi', '/etc']);
    case 'strict':
      return [...all({ is: 'read-only' }, ['/']), ...all({ is: 'writable' }, ['/dev', '/proc', '/sys'])];
    default:
      return [];
  }
}

const HOMES = ['/home', '/root', '/run/user'];
function protectHome(settings: Settings): PathView[] {
  switch (settings.ProtectHome) {
    case 'yes':
      return all({ is: 'hidden' }, HOMES);
    case 'read-only':
      return all({ is: 'read-only' }, HOMES);
    case 'tmpfs':
      return all({ is: 'tmpfs', options: 'mode=0755', readOnly: true }, HOMES);
    default:
      return [];
  }
}

const TUNABLES = [
  '/proc/acpi',
  '/proc/apm',
  '/proc/asound',
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/latency_stats',
  '/proc/mtrr',
  '/proc/scsi',
  '/proc/sys',
  '/proc/sysrq-trigger',
  '/proc/timer_stats',
  '/sys',
];
function protectKernel(settings: Settings): PathView[] {
  return [
    ...(settings.ProtectKernelTunables
      ? [...all({ is: 'read-only' }, TUNABLES), ...all({ is: 'hidden' }, ['/proc/kallsyms', '/proc/kcore'])]
      : []),
    ...(settings.ProtectKernelModules ? all({ is: 'hidden' }, ['/usr/lib/modules']) : []),
    ...(settings.ProtectKernelLogs ? all({ is: 'hidden' }, ['/proc/kmsg', '/dev/kmsg']) : []),
    ...(settings.ProtectControlGroups
      ? all({ is: 'read-only' }, ['/sys/fs/cgroup'])
      : settings.ProtectKernelTunables
        ? all({ is: 'writable' }, ['/sys/fs/cgroup'])
        : []),
  ];
}

/** `-` the path may be missing, `+` it lies below RootDirectory= (where all of them are looked for here). */
function paths(list: readonly string[], view: View): PathView[] {
  return list.map((entry) => ({ path: entry.replace(/^-?\+?/, ''), view, missingOk: entry.startsWith('-') }));
}

function bound(bind: Settings['BindPaths'][number], readOnly: boolean): PathView {
  return {
    path: bind.destination,
    view: { is: 'bind', source: bind.source, readOnly, recursive: bind.recursive },
    missingOk: bind.missingOk,
  };
}

/** The unit's own directories stay writable whatever is protected around them. */
function ownDirectories(settings: Settings): PathView[] {
  const below = (base: string, list: Settings['StateDirectory']): string[] => list.map((one) => `${base}/${one.path}`);
  return all({ is: 'writable' }, [
    ...below('/run', settings.RuntimeDirectory),
    ...below('/var/lib', settings.StateDirectory),
    ...below('/var/cache', settings.CacheDirectory),
    ...below('/var/log', settings.LogsDirectory),
  ]);
}
