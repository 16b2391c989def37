/** Stands in for node:fs. */
import { F_OK } from '@bhatti/runtime/linux/constants.ts';
import { own } from '../own.ts';

/** Device number of /dev/null as Linux tells it: devices.txt of the kernel. */
const NULL_DEVICE = (1 << 8) | 3;

export const existsSync = (path: string): boolean => own().sys.access(path, F_OK);

/** @returns as much as tells /dev/null from all else. @throws SysError for a descriptor that is closed */
export function fstatSync(fd: number): { isCharacterDevice(): boolean; rdev: number } {
  const { sys } = own();
  const { type, id } = sys.fstat(fd);
  const isNull = type === 'char' && id === sys.stat('/dev/null').id;
  return { isCharacterDevice: () => type === 'char', rdev: isNull ? NULL_DEVICE : 0 };
}
