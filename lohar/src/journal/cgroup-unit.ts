/** Which unit a control group belongs to. Pure. */

const UNIT = /\.(?:service|scope|socket|mount|swap|automount|timer|path|target|device)$/;

/** `_` before a name that the kernel would take for its own (systemd's cg_escape). */
function unescapeName(name: string): string {
  return name.startsWith('_') ? name.slice(1) : name;
}

export interface CgroupUnit {
  /** '' when the group is in no unit. */
  readonly unit: string;
  /** The innermost slice; `-.slice` at the root. */
  readonly slice: string;
}

/** `/system.slice/systemd-udevd.service/udev` is in systemd-udevd.service and system.slice. */
export function unitOfCgroup(path: string): CgroupUnit {
  let slice = '-.slice';
  for (const part of path.split('/')) {
    const name = unescapeName(part);
    if (name.endsWith('.slice')) slice = name;
    else if (UNIT.test(name)) return { unit: name, slice };
    else if (name !== '') break;
  }
  return { unit: '', slice };
}

/** The unified path of /proc/PID/cgroup: the line `0::PATH`. */
export function cgroupPath(content: string): string {
  for (const line of content.split('\n')) if (line.startsWith('0::')) return line.slice(3);
  return '';
}
