/** A daemon with a pool, beside the benchmark's own, which has none: they share images. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../group.ts';
import { type Daemon, startDaemon } from './own-daemon.ts';

const WAIT_MS = 180_000;
const POLL_MS = 20;

/** Runs `work` with a daemon whose pool has a clone of `image` waiting each time that `ready` resolves. */
export async function withPool<T>(
  { daemon }: Bench,
  image: string,
  work: (pooled: Daemon, ready: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const env = { BHATTI_POOL: '1', BHATTI_IMAGES_DIR: join(daemon.dataDir, 'images') };
  const pooled = await startDaemon(env);
  const ready = async (): Promise<void> => {
    const from = performance.now();
    while ((await pooled.api.call<{ clones: unknown[] }>('GET', '/v1/pool')).clones.length === 0) {
      if (performance.now() - from > WAIT_MS) throw new Error(`no clone of ${image} within ${WAIT_MS / 1000} s`);
      await pause(POLL_MS);
    }
  };
  try {
    await pooled.api.create({ name: 'first', image });
    await pooled.api.destroy('first');
    return await work(pooled, ready);
  } finally {
    await pooled.close();
  }
}
