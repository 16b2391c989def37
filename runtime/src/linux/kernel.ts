/// <reference path="../native.d.ts" />
/** Every system call of the adapter goes through here. */
import { syscall } from 'native';
import { SysError } from '../sys.ts';
import { errnoName } from './errno.ts';
import { type CallName, numberOf } from './numbers.ts';

/** A string is passed as a C string, bytes by their address. */
export type Argument = number | bigint | string | Uint8Array | undefined;

/** Six arguments by name: a list that is gathered and spread again takes twice the call's time. @returns the result, or -errno */
export const attempt = (
  name: CallName,
  a?: Argument,
  b?: Argument,
  c?: Argument,
  d?: Argument,
  e?: Argument,
  f?: Argument,
): number => syscall(numberOf(name), a, b, c, d, e, f);

/**
 * @param verb and `object`: 'open', '/etc/passwd'
 * @throws SysError when `result` is -errno
 */
export function check(result: number, verb: string, object: string | number = ''): number {
  if (result >= 0) return result;
  throw new SysError(object === '' ? verb : `${verb} ${object}`, -result, errnoName(-result));
}

export const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
