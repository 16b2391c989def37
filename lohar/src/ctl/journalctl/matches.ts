/** `NAME=value`, `+` and paths of programs and devices, as operands of journalctl. */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import type { MatchGroup } from '../../journal/query.ts';
import { UsageError } from '../options.ts';

export type MatchSys = Pick<Sys, 'realpath' | 'stat' | 'lstat' | 'readFile' | 'decode'>;

/** Field names of a match: capital letters, digits, underscores; two underscores at the start are for addresses. */
const MATCH = /^(?!__)[A-Z0-9_]+=/;
/** First bytes of a script: `#!/bin/sh`. */
const SCRIPT_HEAD = 4096;
const COMM_MAX = 15;

/** What follows a path: the program's own executable, or the script's name and its interpreter. */
function matchesOfPath(sys: MatchSys, path: string): string[] {
  let real: string;
  try {
    real = sys.realpath(path);
  } catch (error) {
    throw new UsageError(`Couldn't canonicalize path: ${reason(error)}`);
  }
  const stat = sys.lstat(real);
  if (stat.type !== 'file' || (stat.mode & 0o111) === 0) {
    throw new UsageError(`File is neither a device node, nor regular file, nor executable: ${path}`);
  }
  const interpreter = interpreterOf(sys, real, stat.size);
  if (interpreter === '') return [`_EXE=${real}`];
  const comm = `_COMM=${real.slice(real.lastIndexOf('/') + 1).slice(0, COMM_MAX)}`;
  return isSymlink(sys, interpreter) ? [comm] : [comm, `_EXE=${interpreter}`];
}

function isSymlink(sys: MatchSys, path: string): boolean {
  try {
    return sys.lstat(path).type === 'symlink';
  } catch {
    return true;
  }
}

function interpreterOf(sys: MatchSys, path: string, size: number): string {
  if (size > SCRIPT_HEAD * 1024) return '';
  try {
    const head = sys.decode(sys.readFile(path, SCRIPT_HEAD * 1024).subarray(0, SCRIPT_HEAD));
    return /^#!\s*(\S+)/.exec(head)?.[1] ?? '';
  } catch {
    return '';
  }
}

function reason(error: unknown): string {
  return error instanceof SysError && error.code === 'ENOENT' ? 'No such file or directory' : String(error);
}

/** @throws UsageError */
export function parseMatches(sys: MatchSys, operands: readonly string[]): MatchGroup[] {
  const groups: Map<string, Set<string>>[] = [new Map()];
  let hasTerm = false;
  for (const operand of operands) {
    if (operand === '+') {
      if (!hasTerm) break;
      groups.push(new Map());
      hasTerm = false;
      continue;
    }
    for (const match of operand.startsWith('/') ? matchesOfPath(sys, operand) : [operand]) {
      if (!MATCH.test(match)) throw new UsageError(`Failed to add match '${match}': Invalid argument`);
      const equals = match.indexOf('=');
      const name = match.slice(0, equals);
      const group = groups.at(-1);
      group?.set(name, (group.get(name) ?? new Set()).add(match.slice(equals + 1)));
    }
    hasTerm = true;
  }
  if (operands.length > 0 && !hasTerm) throw new UsageError('"+" can only be used between terms');
  return operands.length === 0 ? [] : groups;
}
