/** Where a unit's cgroup lies: the slice's folders, then the unit's own. `a-b.slice` lies in `a.slice`. */
import { parentSlice, sliceOf } from '../unit/graph/implicit.ts';
import type { LoadedUnit } from '../unit/load/load-unit.ts';

export const hasCgroup = ({ type }: LoadedUnit): boolean =>
  ['service', 'slice', 'scope', 'socket', 'mount', 'swap'].includes(type);

/** '/system.slice/x.service'; '' for the root slice. */
export function cgroupOf(unit: LoadedUnit): string {
  if (unit.type === 'slice') return slicePath(unit.id);
  if (unit.id === 'init.scope') return '/init.scope';
  const slice = sliceOf(unit);
  // A leading dot or a name that the kernel uses itself is escaped (cgroup-v2: interface files).
  const name = /^([._]|cgroup\.|(cpu|cpuset|io|memory|pids|rdma|hugetlb|misc)\.)/.test(unit.id)
    ? `_${unit.id}`
    : unit.id;
  return slice === null ? `/${name}` : `${slicePath(slice)}/${name}`;
}

function slicePath(slice: string): string {
  const parent = parentSlice(slice);
  return parent === null ? '' : `${slicePath(parent)}/${slice}`;
}
