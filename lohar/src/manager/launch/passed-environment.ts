/**
 * PassEnvironment=: under systemd what PID 1 was started with; in a sandbox that is what its maker gave it (--env).
 * ConditionEnvironment= sees it, too: a unit that is only there for such a variable need not run without it.
 */
import { type Sys, SysError } from '@bhatti/runtime/sys.ts';
import { ENVIRONMENT_FILE_SIZE_MAX } from '../../unit/exec/environment-file.ts';

/** Written by the agent when the host says who this guest is. */
const SANDBOX_VARIABLES = '/run/bhatti/sandbox-env.json';

/** @returns assignments of those names that the sandbox has */
export function passedEnvironment(sys: Pick<Sys, 'readFile' | 'decode'>, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const variables = sandboxVariables(sys);
  return names.flatMap((name) => (variables[name] === undefined ? [] : [`${name}=${variables[name]}`]));
}

/** All that the sandbox has, as assignments. */
export const sandboxEnvironment = (sys: Pick<Sys, 'readFile' | 'decode'>): string[] =>
  Object.entries(sandboxVariables(sys)).map(([name, value]) => `${name}=${value}`);

function sandboxVariables(sys: Pick<Sys, 'readFile' | 'decode'>): Readonly<Record<string, string>> {
  try {
    return JSON.parse(sys.decode(sys.readFile(SANDBOX_VARIABLES, ENVIRONMENT_FILE_SIZE_MAX)));
  } catch (error) {
    // Not told yet: a boot begins before the host has spoken.
    if (error instanceof SysError && error.code === 'ENOENT') return {};
    throw error;
  }
}
