/** Have a unit's files changed since they were read? (line 30) */
import type { Unit } from '../unit/graph/unit.ts';
import { dropInsOf, type Sources } from '../unit/load/load-unit.ts';

export function needsReload(unit: Unit, sources: Sources): boolean {
  const { config } = unit;
  if (config.load === 'stub' || unit.transient) return false;
  for (const { path, mtimeMs } of config.read) if (sources.files.mtimeMs(path) !== mtimeMs) return true;
  if (config.load === 'masked')
    return sources.files.real(config.fragment) !== '/dev/null' && sources.files.read(config.fragment).ok === false;
  if (config.load !== 'loaded') return false;
  return dropInsOf(config.names, sources).join('\n') !== config.dropIns.join('\n');
}
