/** Which unit a process belongs to, by its cgroup. */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { Unit } from '../unit/graph/unit.ts';
import type { UnitManager } from './unit-manager.ts';

const FILE_MAX = 4096;

export function unitOfProcess(sys: Pick<Sys, 'readFile' | 'decode'>, pid: number, manager: UnitManager): Unit | null {
  let text: string;
  try {
    text = sys.decode(sys.readFile(`/proc/${pid}/cgroup`, FILE_MAX));
  } catch (error) {
    if (error instanceof SysError) return null;
    throw error;
  }
  const path = /^0::(.*)$/m.exec(text)?.[1] ?? '';
  // The innermost folder that is a unit; those below it are the unit's own business.
  for (const part of path.split('/').reverse()) {
    if (!/\.(service|scope|slice)$/.test(part)) continue;
    const unit = manager.registry.peek(part.replace(/^_/, '')) ?? manager.registry.peek(part);
    if (unit !== null) return unit;
  }
  return null;
}
