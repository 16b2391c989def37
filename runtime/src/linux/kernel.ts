/// <reference path="../native.d.ts" />
/** Every system call of the adapter goes through here. */
import { syscall } from 'native';
import { SysError } from '../sys.ts';
import { errnoName } from './errno.ts';
import { type CallName, numberOf } from './numbers.ts';

/** A string is passed as a C string, bytes by their address. */
export type Argument = number | bigint | string | Uint8Array | undefined;

/** @returns the call's result, or -errno */
export const attempt = (name: CallName, ...args: readonly Argument[]): number => syscall(numberOf(name), ...args);

/**
 * @param verb and `object`: 'open', '/etc/passwd'
 * @throws SysError when `result` is -errno
 */
export function check(result: number, verb: string, object: string | number = ''): number {
  if (result >= 0) return result;
  throw new SysError(object === '' ? verb : `${verb} ${object}`, -result, errnoName(-result));
}

export const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
