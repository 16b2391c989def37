/** The sandbox of a command as the system calls that its child makes: namespaces, mounts, root directory. */

import * as c from '@bhatti/runtime/linux/constants.ts';
import { type ChildCall, SCRATCH_FD, type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { Settings } from '../../unit/directive/tables.ts';
import { INACCESSIBLE, PRIVATE_DEV } from '../runtime-folders.ts';
import { mountPlan, needsMounts, type PathView } from './mount-plan.ts';
import { EXIT_NAMESPACE, StepFailed } from './step-failed.ts';

const EXIT_NETWORK = 225;
const EXIT_CHROOT = 210;
const AT_RECURSIVE = 0x8000;
const MOUNT_ATTR_RDONLY = 1n;
const MOUNT_ATTR_SIZE = 32;
const SIOCSIFFLAGS = 0x8914;
const IFF_UP = 1;
const AF_INET = 2;
const SOCK_DGRAM = 2;

type SandboxSys = Pick<Sys, 'lstat' | 'stat'>;

const call = (name: ChildCall['call'], exit: number, ...args: ChildCall['args']): ChildCall => ({
  call: name,
  exit,
  args,
});
const ns = (name: ChildCall['call'], ...args: ChildCall['args']): ChildCall => call(name, EXIT_NAMESPACE, ...args);
const mount = (source: string, target: string, type: string, flags: number, data: string): ChildCall =>
  ns('mount', source, target, type, flags, data);

/**
 * @param privateTmp folders that stand for /tmp and /var/tmp
 * @throws StepFailed 226 when a path is missing that must be there
 */
export function sandboxCalls(
  sys: SandboxSys,
  settings: Settings,
  privateTmp: { tmp: string; varTmp: string } | null,
): ChildCall[] {
  const calls: ChildCall[] = [];
  if (settings.PrivateNetwork) calls.push(call('unshare', EXIT_NETWORK, c.CLONE_NEWNET), ...loopbackUp());
  if (settings.PrivateIPC) calls.push(ns('unshare', c.CLONE_NEWIPC));
  if (settings.ProtectHostname) calls.push(ns('unshare', c.CLONE_NEWUTS));
  const root = settings.RootDirectory;
  if (needsMounts(settings, privateTmp !== null) || root !== '') {
    calls.push(ns('unshare', c.CLONE_NEWNS), mount('', '/', '', c.MS_REC | c.MS_SLAVE, ''));
    if (root !== '') calls.push(mount(root, root, '', c.MS_BIND | c.MS_REC, ''), ...apiFileSystems(settings, root));
    calls.push(...planCalls(sys, mountPlan(settings, privateTmp), root));
  }
  if (root !== '') calls.push(call('chroot', EXIT_CHROOT, root), call('chdir', EXIT_CHROOT, '/'));
  return calls;
}

function planCalls(sys: SandboxSys, plan: readonly PathView[], root: string): ChildCall[] {
  const replacing = plan.filter(({ view }) => REPLACING.has(view.is));
  const all = plan.map((view) => ({
    view,
    // The innermost that puts other files there.
    above: replacing.findLast(({ path }) => view.path.startsWith(`${path}/`)),
  }));
  const places = (within: PathView | undefined): ChildCall[] =>
    all.flatMap(({ view, above }) => (above === within ? placeCalls(sys, view, root, within?.path) : []));
  return [
    ...places(undefined), // before anything is read-only
    ...all.flatMap(({ view, above }) => {
      const calls = viewCalls(sys, view, root, REPLACING.has(view.view.is) ? places(view) : []);
      // What is there now may not be in what lies over it by then: redis hides /dev/kmsg and has a /dev of its own.
      return view.missingOk && above !== undefined ? calls.map((one) => ({ ...one, optional: true })) : calls;
    }),
  ];
}

const REPLACING: ReadonlySet<PathView['view']['is']> = new Set(['hidden', 'tmpfs', 'bind', 'devices']);

/**
 * As systemd makes it where nothing is: the folder or the empty file that is mounted over, and the folders above.
 * @param above below which files are others than now
 */
function placeCalls(sys: SandboxSys, { path, view, missingOk }: PathView, root: string, above = ''): ChildCall[] {
  if (view.is !== 'bind' && (view.is !== 'tmpfs' || missingOk)) return [];
  if (above === '' && typeOf(sys, root + path) !== null) return [];
  const source = view.is === 'bind' ? typeOf(sys, view.source) : 'directory';
  if (source === null) return [];
  const names = path.slice(above.length + 1).split('/');
  const last = names.length - 1;
  return names.map((_, i) => {
    const at = [c.AT_FDCWD, `${root}${above}/${names.slice(0, i + 1).join('/')}`] as const;
    const isFile = i === last && source !== 'directory';
    return { ...(isFile ? ns('mknodat', ...at, c.S_IFREG | 0o644, 0) : ns('mkdirat', ...at, 0o755)), optional: true };
  });
}

/** @param inner makes places in what is mounted, before that is made read-only */
function viewCalls(
  sys: SandboxSys,
  { path, view, missingOk }: PathView,
  root: string,
  inner: readonly ChildCall[],
): ChildCall[] {
  const target = path === '/' ? root || '/' : root + path;
  const type = typeOf(sys, target);
  if (type === null && view.is !== 'tmpfs' && view.is !== 'bind') {
    if (missingOk) return [];
    throw new StepFailed(EXIT_NAMESPACE, `Failed to set up mount namespacing: ${path}: No such file or directory`);
  }
  switch (view.is) {
    case 'read-only':
      return [...(target === '/' ? [] : [selfBind(target)]), setReadOnly(target, true)];
    case 'writable':
      return [selfBind(target), setReadOnly(target, false)];
    case 'hidden':
      return [mount(`${INACCESSIBLE}/${type === 'directory' ? 'dir' : 'reg'}`, target, '', c.MS_BIND, '')];
    case 'tmpfs':
      return type === null && missingOk
        ? []
        : [
            mount('tmpfs', target, 'tmpfs', c.MS_NODEV | c.MS_NOSUID, tmpfsOptions(view.options)),
            ...inner,
            ...(view.readOnly ? [setReadOnly(target, true)] : []),
          ];
    case 'bind':
      return bindCalls(sys, view, target, missingOk, inner);
    case 'devices':
      return [...privateDevices(target), ...inner, setReadOnly(target, true)];
  }
}

function bindCalls(
  sys: SandboxSys,
  view: { source: string; readOnly: boolean; recursive: boolean },
  target: string,
  missingOk: boolean,
  inner: readonly ChildCall[],
): ChildCall[] {
  if (typeOf(sys, view.source) === null) {
    if (missingOk) return [];
    throw new StepFailed(
      EXIT_NAMESPACE,
      `Failed to set up mount namespacing: ${view.source}: No such file or directory`,
    );
  }
  return [
    mount(view.source, target, '', c.MS_BIND | (view.recursive ? c.MS_REC : 0), ''),
    ...inner,
    // A source that was made read-only with all around it is not when it is bound to be written.
    setReadOnly(target, view.readOnly),
  ];
}

function tmpfsOptions(options: string): string {
  const kept = options
    .split(',')
    .filter((one) => one !== '' && one !== 'ro' && one !== 'rw' && one !== 'nodev' && one !== 'nosuid');
  return kept.some((one) => one.startsWith('mode=')) ? kept.join(',') : ['mode=0755', ...kept].join(',');
}

const selfBind = (path: string): ChildCall => mount(path, path, '', c.MS_BIND | c.MS_REC, '');

/** mount_setattr(2), for the mount and all below it. */
function setReadOnly(path: string, on: boolean): ChildCall {
  const attributes = new BigUint64Array(MOUNT_ATTR_SIZE / 8);
  attributes[on ? 0 : 1] = MOUNT_ATTR_RDONLY;
  return ns('mount_setattr', c.AT_FDCWD, path, AT_RECURSIVE, new Uint8Array(attributes.buffer), MOUNT_ATTR_SIZE);
}

const NODES: readonly (readonly [name: string, major: number, minor: number])[] = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['tty', 5, 0],
];
const LINKS: readonly (readonly [name: string, target: string])[] = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
  ['ptmx', 'pts/ptmx'],
  ['log', '/run/systemd/journal/dev-log'],
];
/** A /dev with nothing but the harmless nodes, made aside and moved into its place. */
function privateDevices(target: string): ChildCall[] {
  const at = (name: string): string => `${PRIVATE_DEV}/${name}`;
  return [
    mount('tmpfs', PRIVATE_DEV, 'tmpfs', c.MS_NOSUID, 'mode=0755'),
    ns('umask', 0),
    ...NODES.map(([name, major, minor]) =>
      ns('mknodat', c.AT_FDCWD, at(name), c.S_IFCHR | 0o666, (major << 8) | minor),
    ),
    ...LINKS.map(([name, to]) => ns('symlinkat', to, c.AT_FDCWD, at(name))),
    ...['pts', 'shm', 'mqueue'].flatMap((name) => [
      ns('mkdirat', c.AT_FDCWD, at(name), 0o755),
      { ...mount(`/dev/${name}`, at(name), '', c.MS_BIND | c.MS_REC, ''), optional: true },
    ]),
    mount(PRIVATE_DEV, target, '', c.MS_MOVE, ''),
  ];
}

/** With RootDirectory=: /proc, /sys and /dev of the machine, unless MountAPIVFS=no. */
function apiFileSystems(settings: Settings, root: string): ChildCall[] {
  if (settings.MountAPIVFS !== true) return [];
  return ['/proc', '/sys', '/dev', '/run'].map((path) => ({
    ...mount(path, root + path, '', c.MS_BIND | c.MS_REC, ''),
    optional: true,
  }));
}

function loopbackUp(): ChildCall[] {
  const request = new Uint8Array(40);
  request.set([0x6c, 0x6f]); // lo
  new DataView(request.buffer).setInt16(16, IFF_UP, true);
  return [
    { ...call('close', EXIT_NETWORK, SCRATCH_FD), optional: true },
    call('socket', EXIT_NETWORK, AF_INET, SOCK_DGRAM, 0),
    call('ioctl', EXIT_NETWORK, SCRATCH_FD, SIOCSIFFLAGS, request),
    call('close', EXIT_NETWORK, SCRATCH_FD),
  ];
}

function typeOf(sys: SandboxSys, path: string): string | null {
  try {
    return sys.stat(path).type;
  } catch (error) {
    if (error instanceof SysError) return null;
    throw error;
  }
}
