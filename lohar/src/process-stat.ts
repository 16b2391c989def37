/** /proc/PID/stat: proc(5). Pure. */

/** Its fields from the third on; the second, a name, may hold blanks and brackets. */
export const statFields = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

/** Field 22: when the process started, in ticks since the kernel did. */
export function startOf(stat: string): number | null {
  const field = statFields(stat)[19];
  return field === undefined || !/^\d+$/.test(field) ? null : Number(field);
}
