/** One uid a VM, so that a QEMU that was taken over can touch no other: only a root daemon can give them. */
import { randomInt } from 'node:crypto';
import { BhattiError } from '@bhatti/wire/errors.ts';

export interface UidRange {
  readonly first: number;
  readonly count: number;
}

const TRIES = 32;

/**
 * A uid of the range that is not in `taken`. Random, so that the uid of a destroyed VM is not the next one's at once.
 * @throws BhattiError engine.failed when all seem taken
 */
export function freeUid(range: UidRange, taken: ReadonlySet<number>): number {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const uid = range.first + randomInt(range.count);
    if (!taken.has(uid)) return uid;
  }
  for (let uid = range.first; uid < range.first + range.count; uid += 1) if (!taken.has(uid)) return uid;
  throw new BhattiError('engine.failed', `cannot start the VM: all ${range.count} uids of the range are in use`, {
    remedy: 'give the daemon a larger range of uids',
  });
}
