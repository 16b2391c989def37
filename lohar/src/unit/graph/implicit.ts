/** The relations that a unit has without writing them down. Facts: the manual page of each type, "Automatic Dependencies". */
import type { LoadedUnit } from '../load/load-unit.ts';
import type { DependencyKind } from '../model.ts';
import { automountEdges, mountEdges, swapEdges } from '../mount/mount-edges.ts';
import { instanceOf, prefixOf, stem, templateOf, typeOfName, withType } from '../name.ts';
import { escapeName } from '../name-escape.ts';

export type Edge = readonly [kind: DependencyKind, name: string];

const FILE_KINDS = [
  'Requires',
  'Requisite',
  'Wants',
  'BindsTo',
  'PartOf',
  'Upholds',
  'Conflicts',
  'Before',
  'After',
  'OnSuccess',
  'OnFailure',
  'PropagatesReloadTo',
  'ReloadPropagatedFrom',
  'PropagatesStopTo',
  'StopPropagatedFrom',
  'JoinsNamespaceOf',
] as const satisfies readonly DependencyKind[];

/** All relations of a unit: those of its files, of its folders, and those that follow from its type. */
export function edgesOf(unit: LoadedUnit): Edge[] {
  const written = FILE_KINDS.flatMap((kind) => unit.settings[kind].map((name): Edge => [kind, name]));
  const edges = [...written, ...unit.folders];
  if (unit.load !== 'loaded') return edges;
  const slice = sliceOf(unit);
  if (slice !== null) edges.push(['InSlice', slice], ['After', slice], ['Requires', slice]);
  edges.push(...byType(unit));
  return edges;
}

/** The slice a unit lies in; null for the root slice and for types without a cgroup. */
export function sliceOf(unit: LoadedUnit): string | null {
  if (unit.type === 'slice') return parentSlice(unit.id);
  if (!['service', 'socket', 'mount', 'swap', 'scope'].includes(unit.type)) return null;
  if (unit.settings.Slice !== '' && typeOfName(unit.settings.Slice) === 'slice') return unit.settings.Slice;
  const instance = instanceOf(unit.id);
  if (instance === null || instance === '') return 'system.slice';
  return `system-${escapeName(prefixOf(unit.id))}.slice`;
}

/** `a-b.slice` -> `a.slice` -> `-.slice` -> null. */
export function parentSlice(id: string): string | null {
  const name = stem(id);
  if (name === '-') return null;
  const dash = name.lastIndexOf('-');
  return dash < 0 ? '-.slice' : `${name.slice(0, dash)}.slice`;
}

const stoppedByShutdown = (): Edge[] => [
  ['Before', 'shutdown.target'],
  ['Conflicts', 'shutdown.target'],
];
const AFTER_SYSINIT: readonly Edge[] = [
  ['After', 'sysinit.target'],
  ['Requires', 'sysinit.target'],
];

function byType(unit: LoadedUnit): Edge[] {
  const wantsDefaults = unit.settings.DefaultDependencies;
  switch (unit.type) {
    case 'service':
      return [
        ...ofProcesses(unit),
        ...(wantsDefaults ? [...AFTER_SYSINIT, ['After', 'basic.target'] as Edge, ...stoppedByShutdown()] : []),
      ];
    case 'socket':
    case 'timer':
    case 'path': {
      const startsOne = unit.settings.Socket?.Accept !== true && templateOf(unit.id) !== unit.id;
      const triggered = startsOne ? triggers(triggeredName(unit)) : [];
      if (!wantsDefaults) return triggered;
      const defaults: Edge[] = [['Before', `${unit.type}s.target`], ...AFTER_SYSINIT, ...stoppedByShutdown()];
      return [...triggered, ...defaults, ...afterClock(unit)];
    }
    case 'mount':
      return [...ofProcesses(unit), ...mountEdges(unit)];
    case 'automount':
      return automountEdges(unit);
    case 'swap':
      return [...ofProcesses(unit), ...swapEdges(unit)];
    case 'target':
      return wantsDefaults && unit.id !== 'shutdown.target' ? stoppedByShutdown() : [];
    case 'slice':
      return wantsDefaults && parentSlice(unit.id) !== null && unit.id !== 'system.slice' ? stoppedByShutdown() : [];
    case 'scope':
      return wantsDefaults ? stoppedByShutdown() : [];
    default:
      return [];
  }
}

/** The unit that a timer, socket or path starts. */
function triggeredName(unit: LoadedUnit): string {
  const { Timer, Path, Socket } = unit.settings;
  return Timer?.Unit || Path?.Unit || Socket?.Service || withType(unit.id, 'service');
}

/** A moment of the calendar means something once the clock is right. */
function afterClock(unit: LoadedUnit): Edge[] {
  const isDated = unit.settings.Timer?.specs.some(({ base }) => base === 'OnCalendar') === true;
  return isDated
    ? [
        ['After', 'time-set.target'],
        ['After', 'time-sync.target'],
      ]
    : [];
}

function triggers(service: string): Edge[] {
  return [
    ['Before', service],
    ['Triggers', service],
  ];
}

function ofProcesses(unit: LoadedUnit): Edge[] {
  const { settings } = unit;
  const edges: Edge[] = [];
  if (settings.StateDirectory.length + settings.CacheDirectory.length + settings.LogsDirectory.length > 0)
    edges.push(['After', 'systemd-remount-fs.service']);
  if (settings.PrivateTmp)
    edges.push(['After', 'tmp.mount'], ['Wants', 'tmp.mount'], ['After', 'systemd-tmpfiles-setup.service']);
  if (/^(journal|kmsg)/.test(settings.StandardOutput.kind) || /^(journal|kmsg)/.test(settings.StandardError.kind))
    edges.push(['After', 'systemd-journald.socket']);
  for (const socket of settings.Sockets) edges.push(['Wants', socket], ['After', socket], ['TriggeredBy', socket]);
  return edges;
}
