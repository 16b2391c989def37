/** The directives of [Path]. Facts: systemd.path(5). */
import { PATH_KINDS, type PathSettings, type PathSpec } from '../path/path-settings.ts';
import { USEC_PER_SEC } from '../value/time-span.ts';
import { boolean, checkedPath, mode, resolved, seconds, unsigned } from './basic-readers.ts';
import type { Reader } from './directive.ts';
import { type OwnRow, ownRow } from './own-section.ts';
import { triggeredUnit } from './triggered-unit.ts';

/** Paths of one unit. */
const SPECS_MAX = 1024;

const INITIAL: PathSettings = {
  ...{ specs: [], ignored: [], Unit: '', MakeDirectory: false, DirectoryMode: 0o755 },
  ...{ TriggerLimitIntervalSec: 2 * USEC_PER_SEC, TriggerLimitBurst: 200 },
};

/** An empty value removes all of them, of whatever kind. */
const specs: Reader<readonly PathSpec[]> = (value, at, before) => {
  if (value === '') return [];
  const full = resolved(value, at);
  const path = full === null ? null : checkedPath(full, 'absolute', at);
  const kind = PATH_KINDS.find((known) => known === at.key);
  if (path === null || kind === undefined) return undefined;
  return [{ kind, path }, ...before].slice(0, SPECS_MAX);
};

/** @returns null for a key that [Path] does not have */
export function pathDirective(key: string): OwnRow<PathSettings> | null {
  if (PATH_KINDS.some((kind) => kind === key)) return ownRow(INITIAL, 'specs', specs, 'path');
  switch (key) {
    case 'Unit':
      return ownRow(INITIAL, key, triggeredUnit, 'path');
    case 'MakeDirectory':
      return ownRow(INITIAL, key, boolean, 'path');
    case 'DirectoryMode':
      return ownRow(INITIAL, key, mode, 'path');
    case 'TriggerLimitIntervalSec':
      return ownRow(INITIAL, key, seconds, 'path');
    case 'TriggerLimitBurst':
      return ownRow(INITIAL, key, unsigned, 'path');
    default:
      return null;
  }
}
