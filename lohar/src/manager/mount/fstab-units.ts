/** Writes the units of /etc/fstab, as systemd-fstab-generator does. */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { GENERATED } from '../../unit/load/search-path.ts';
import { unitsOfFstab } from '../../unit/mount/fstab.ts';
import { makeParents } from '../make-parents.ts';
import type { ManagerLog } from '../manager-log.ts';

export function writeFstabUnits(sys: Sys, log: ManagerLog, fstab: string): void {
  const { files, links, warnings } = unitsOfFstab(fstab);
  for (const text of warnings) log.write(null, 3, text);
  const place = (name: string): string => {
    const path = `${GENERATED.normal}/${name}`;
    makeParents(sys, path, 0o755);
    return path;
  };
  for (const [name, text] of files) sys.writeFile(place(name), text);
  for (const [name, target] of links)
    try {
      sys.symlink(target, place(name));
    } catch (error) {
      // A generator of the machine was first.
      if (!(error instanceof SysError && error.code === 'EEXIST')) throw error;
    }
}
