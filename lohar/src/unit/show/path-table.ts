/** Properties of path units, in systemd's order. */
import type { PathSettings } from '../path/path-settings.ts';
import { formatBoolean, formatMode } from '../value/scalar.ts';
import { formatTimeSpan } from '../value/time-span.ts';
import type { Show, ShowTable } from './facts.ts';

const set = (show: (settings: PathSettings) => string): Show => {
  return ({ settings }) => (settings.Path === null ? '' : show(settings.Path));
};

export const PATH_SHOW: ShowTable = [
  ['Unit', ({ unit }) => [...unit.related(['Triggers'])][0]?.id ?? ''],
  ['Paths', ({ settings }) => (settings.Path?.specs ?? []).map(({ kind, path }) => `${path} (${kind})`)],
  ['MakeDirectory', set(({ MakeDirectory }) => formatBoolean(MakeDirectory))],
  ['DirectoryMode', set(({ DirectoryMode }) => formatMode(DirectoryMode))],
  ['Result', ({ ownResult }) => ownResult],
  ['TriggerLimitIntervalUSec', set((path) => formatTimeSpan(path.TriggerLimitIntervalSec))],
  ['TriggerLimitBurst', set((path) => String(path.TriggerLimitBurst))],
];
