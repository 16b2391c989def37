import { join } from 'node:path';
import { percentile } from '../../host/src/cli/bench/statistics.ts';
import { type Daemon, startDaemon } from '../daemon/own-daemon.ts';
import type { Group } from '../group.ts';
import type { Measurement } from '../measure/measurement.ts';
import { time, times } from '../measure/timing.ts';

const FEW = 10;
const MANY = 100;
const ROUNDS = 20;
const START_ROUNDS = 8;
const GROWTH_MAX = 1.2;

/** All but one of ten are stopped. */
async function grow({ api }: Daemon, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    const name = `grown-${n}`;
    await api.create({ name });
    if (n % 10 !== 0) await api.call('POST', `/v1/sandboxes/${name}/stop`, { force: true });
  }
}

interface Costs {
  readonly start: number[];
  readonly list: number[];
  readonly create: number[];
}

async function costs(
  daemon: Daemon,
  env: Readonly<Record<string, string>>,
  rounds: number,
): Promise<{ costs: Costs; daemon: Daemon }> {
  const { api, dataDir } = daemon;
  const list = await times(rounds, () => api.call('GET', '/v1/sandboxes'));
  const create: number[] = [];
  for (let round = 0; round < rounds; round++) {
    create.push(await time(() => api.create({ name: 'one-more' })));
    await api.destroy('one-more');
  }
  const start: number[] = [];
  let last = daemon;
  for (let round = 0; round < START_ROUNDS; round++) {
    await last.end();
    last = await startDaemon(env, dataDir);
    start.push(last.startMs);
  }
  return { costs: { start, list, create }, daemon: last };
}

export const growth: Group = {
  name: 'growth',
  title: `what ${MANY} known sandboxes cost beside ${FEW}`,
  long: true,
  async measure(bench) {
    const env = { BHATTI_IMAGES_DIR: join(bench.daemon.dataDir, 'images') };
    let daemon = await startDaemon(env);
    try {
      await grow(daemon, 0, FEW);
      const few = await costs(daemon, env, bench.rounds(ROUNDS));
      daemon = few.daemon;
      bench.note(`${MANY} sandboxes`);
      await grow(daemon, FEW, MANY);
      const many = await costs(daemon, env, bench.rounds(ROUNDS));
      daemon = many.daemon;
      return (['start', 'list', 'create'] as const).flatMap((what): Measurement[] => [
        { name: `${what} with ${FEW} sandboxes`, unit: 'ms', samples: few.costs[what] },
        {
          name: `${what} with ${MANY} sandboxes`,
          unit: 'ms',
          samples: many.costs[what],
          goal: {
            of: 'p50',
            limit: GROWTH_MAX * percentile(few.costs[what], 0.5),
            because: `${GROWTH_MAX} × with ${FEW}`,
          },
        },
      ]);
    } finally {
      const { sandboxes } = await daemon.api.call<{ sandboxes: { name: string }[] }>('GET', '/v1/sandboxes');
      for (const { name } of sandboxes) await daemon.api.destroy(name);
      await daemon.close();
    }
  },
};
