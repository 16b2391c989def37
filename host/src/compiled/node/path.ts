/** Stands in for node:path. */
import { attempt } from '@bhatti/runtime/linux/kernel.ts';
import { own } from '../own.ts';

const PATH_MAX = 4096;

function workingDirectory(): string {
  const bytes = new Uint8Array(PATH_MAX);
  const size = attempt('getcwd', bytes, bytes.length);
  return size > 0 ? own().sys.decode(bytes.subarray(0, size - 1)) : '/';
}

/** 'a//b/./../c' -> 'a/c'; nothing is above the root. */
function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Of folders that begin at the root. */
export const join = (...parts: readonly string[]): string => normal(parts.join('/'));
export const resolve = (path: string): string => normal(path.startsWith('/') ? path : `${workingDirectory()}/${path}`);
