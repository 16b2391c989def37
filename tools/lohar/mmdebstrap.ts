/** mmdebstrap, tried again while a mirror or its name cannot be reached. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProgramFailed, runProgram } from '../../host/src/builder/program.ts';
import type { Work } from './work.ts';

const KEYRING = join(import.meta.dirname, '../../tiers/keys/debian-archive-keyring.gpg');
const WAITS_MS = [2_000, 8_000, 30_000];
/** What apt says when the network is to blame. */
const NETWORK = /Temporary failure resolving|Failed to fetch|Could not (connect|resolve)|Connection (failed|timed out)/;

/** @throws ProgramFailed; BhattiError host.missing-program */
export async function mmdebstrap(args: readonly string[], work: Work, onLine?: (line: string) => void): Promise<void> {
  const words = [
    // Ubuntu hosts have Debian's keys neither installed nor, for a new release, in their archive.
    `--keyring=${KEYRING}`,
    // The user "_apt" may not read a checkout that lies in somebody's home.
    '--aptopt=APT::Sandbox::User "root"',
    // Mirrors lag: a Release file some days past its date is still signed.
    '--aptopt=Acquire::Check-Valid-Until "false"',
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=Acquire::Retries "3"',
    ...args,
  ];
  for (const waitMs of WAITS_MS) {
    try {
      return await runProgram('mmdebstrap', words, { signal: work.signal, ...(onLine && { onLine }) });
    } catch (error) {
      if (!(error instanceof ProgramFailed) || !NETWORK.test(error.tail.join('\n'))) throw error;
      work.progress.step('the mirror cannot be reached: trying again soon');
      await sleep(waitMs, undefined, { signal: work.signal });
    }
  }
  await runProgram('mmdebstrap', words, { signal: work.signal, ...(onLine && { onLine }) });
}
