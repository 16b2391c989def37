/** Which paths a unit needs to be mounted, and what mounts and swaps come before and after. Facts: the manual pages. */
import type { Settings } from '../directive/tables.ts';
import type { Edge } from '../graph/implicit.ts';
import type { LoadedUnit } from '../load/load-unit.ts';
import { withType } from '../name.ts';
import { escapePath, simplifyPath } from '../name-escape.ts';

const NETWORK_TYPES: ReadonlySet<string> = new Set([
  ...['afs', 'ceph', 'cifs', 'smb3', 'smbfs', 'sshfs', 'ncpfs', 'ncp', 'nfs', 'nfs4', 'gfs', 'gfs2', 'glusterfs'],
  ...['pvfs2', 'ocfs2', 'lustre', 'davfs', 'virtiofs', '9p'],
]);

const has = (options: string, ...words: readonly string[]): boolean =>
  options.split(',').some((option) => words.includes(option.replace(/=.*/, '')));

/** The options of a network file system, or its type. */
export const isNetwork = (type: string, options: string): boolean =>
  has(options, '_netdev') || NETWORK_TYPES.has(type.replace(/^fuse\./, ''));

export const isDevice = (path: string): boolean => /^\/(dev|sys)\/./.test(path);

const parent = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** Files and folders of the unit that must be reachable, as `show -p RequiresMountsFor` tells them. */
export function mountsFor({ type, settings }: LoadedUnit): readonly string[] {
  const paths = [...settings.RequiresMountsFor];
  if (type === 'mount') paths.push(...ofMount(settings));
  else if (type === 'automount' && settings.Automount !== null) paths.push(parent(settings.Automount.Where));
  else if (type === 'swap' && settings.Swap !== null) paths.push(settings.Swap.What);
  else if (type === 'path') paths.push(...(settings.Path?.specs ?? []).map(({ path }) => path));
  else if (type === 'socket')
    for (const { place } of settings.Socket?.listen ?? [])
      if (place.family === 'unix' && place.path.startsWith('/')) paths.push(place.path);
  if (type === 'service' || type === 'socket') paths.push(...ofProcesses(settings));
  return paths.length < 2 ? paths : [...new Set(paths)];
}

function ofMount({ Mount }: Settings): string[] {
  if (Mount === null || Mount.Where === '/') return [];
  const { What, Where, Type, Options } = Mount;
  const above = parent(Where);
  // The kernel knows the rest: it is mounted.
  if (!What.startsWith('/') || isNetwork(Type, Options)) return [above];
  return has(Options, 'bind', 'rbind') ? [above, What] : [What, above];
}

function ofProcesses(settings: Settings): string[] {
  const { WorkingDirectory, RootDirectory, RuntimeDirectory, StateDirectory, PrivateTmp } = settings;
  const { CacheDirectory, LogsDirectory, ConfigurationDirectory } = settings;
  const under = (folder: string, directories: readonly { readonly path: string }[]): string[] =>
    directories.map(({ path }) => `${folder}/${path}`);
  return [
    ...(WorkingDirectory.path.startsWith('/') ? [WorkingDirectory.path] : []),
    ...(RootDirectory === '' ? [] : [RootDirectory]),
    ...under('/run', RuntimeDirectory),
    ...under('/var/lib', StateDirectory),
    ...under('/var/cache', CacheDirectory),
    ...under('/var/log', LogsDirectory),
    ...under('/etc', ConfigurationDirectory),
    ...(PrivateTmp ? ['/var/tmp'] : []),
  ];
}

/** Names of the mounts that the unit comes after: of all folders above what it needs. */
export function mountUnitsFor(unit: LoadedUnit): readonly string[] {
  const names = new Set<string>();
  for (const path of mountsFor(unit))
    for (let at = simplifyPath(path); ; at = parent(at)) {
      const name = escapePath(at);
      if (name !== null && `${name}.mount` !== unit.id) names.add(`${name}.mount`);
      if (at === '/' || at === '') break;
    }
  return [...names];
}

/** What is there before anything else and goes with the machine (path_is_extrinsic, and what PID 1 mounts itself). */
const isExtrinsic = ({ fragment }: LoadedUnit, where: string): boolean =>
  /^\/(usr|etc)?$/.test(where) || /^\/(proc|sys|dev|run\/host)\//.test(where) || (where === '/tmp' && fragment === '');

function ofDevice(path: string): Edge[] {
  const name = `${escapePath(path) ?? ''}.device`;
  return [
    ['Requires', name],
    ['After', name],
    ['After', `blockdev@${escapePath(path) ?? ''}.target`],
  ];
}

const STOPPED_AT_END: readonly Edge[] = [
  ['Before', 'umount.target'],
  ['Conflicts', 'umount.target'],
];

export function mountEdges(unit: LoadedUnit): Edge[] {
  const { Mount, DefaultDependencies } = unit.settings;
  if (Mount === null) return [];
  const { What, Where, Type, Options } = Mount;
  const isFromFile = unit.fragment !== '';
  const edges: Edge[] = isFromFile && isDevice(What) && !has(Options, 'bind', 'rbind') ? ofDevice(What) : [];
  if (!DefaultDependencies || isExtrinsic(unit, Where)) return edges;
  const network = isNetwork(Type, Options);
  const set = network ? 'remote-fs' : 'local-fs';
  if (!has(Options, 'nofail')) edges.push(['Before', `${set}.target`]);
  edges.push(['After', `${set}-pre.target`], ...STOPPED_AT_END);
  if (network) edges.push(['Wants', 'network-online.target'], ['After', 'network-online.target']);
  if (network) edges.push(['After', 'network.target']);
  if (Type === 'tmpfs') edges.push(['After', 'swap.target']);
  return edges;
}

export function automountEdges(unit: LoadedUnit): Edge[] {
  const mount = withType(unit.id, 'mount');
  const edges: Edge[] = [
    ['Before', mount],
    ['Triggers', mount],
  ];
  if (unit.settings.DefaultDependencies)
    edges.push(['Before', 'local-fs.target'], ['After', 'local-fs-pre.target'], ...STOPPED_AT_END);
  return edges;
}

export function swapEdges({ settings: { Swap, DefaultDependencies } }: LoadedUnit): Edge[] {
  if (Swap === null) return [];
  const edges: Edge[] = isDevice(Swap.What) ? ofDevice(Swap.What) : [['After', 'systemd-remount-fs.service']];
  if (!DefaultDependencies) return edges;
  if (!has(Swap.Options, 'nofail')) edges.push(['Before', 'swap.target']);
  return [...edges, ...STOPPED_AT_END];
}
