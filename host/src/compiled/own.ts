/** This process, for what stands in for Node. */
import type { Runtime } from '@bhatti/runtime/start.ts';

let current: Runtime | undefined;

export function begin(runtime: Runtime): void {
  current = runtime;
}

/** The modules are evaluated when the program is built, long before there is a process. */
export function own(): Runtime {
  if (current === undefined) throw new Error('nothing runs yet');
  return current;
}
