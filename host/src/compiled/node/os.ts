/** Stands in for node:os. */
import { SIGNALS } from '@bhatti/runtime/linux/constants.ts';
import { handOver } from '../hand-over.ts';
import { ownProcess } from './process.ts';

/** 'SIGINT' -> 2 */
export const constants = {
  signals: Object.fromEntries(Object.entries(SIGNALS).map(([name, number]) => [`SIG${name}`, number])),
};

/** Who has no HOME is looked up in /etc/passwd and whatever stands beside it: by Node. */
export const homedir = (): string => ownProcess.env.HOME || handOver();

/** Asked for where a daemon may not be spoken to: nothing was done yet. */
export const userInfo = (): never => handOver();
