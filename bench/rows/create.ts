import type { Api, SandboxReply } from '../daemon/api.ts';
import { withPool } from '../daemon/pooled-daemon.ts';
import type { Bench, Group } from '../group.ts';
import { type Measurement, ratio } from '../measure/measurement.ts';
import { time } from '../measure/timing.ts';

const COLD_ROUNDS = 10;
const TEMPLATE_ROUNDS = 30;
const ANSWER_MS_MAX = 160;
const FIRST_EXEC_MS_MAX = 420;
const OF_COLD_MAX = 1 / 10;
const POOL_FIRST_EXEC_MS_MAX = 70;
const POOL_OF_COLD_MAX = 1 / 50;
/** Stages of a create that come after lohar's first answer. */
const AFTER_ANSWER = ['prepare'];

type From = 'pool' | 'template' | 'cold';

interface Samples {
  /** From the request until lohar answers. */
  readonly answered: number[];
  /** From the request until the first exec is answered. */
  readonly usable: number[];
  readonly destroyed: number[];
}

function afterAnswer(sandbox: SandboxReply): number {
  return AFTER_ANSWER.reduce((sum, stage) => sum + (sandbox.report?.timings[stage] ?? 0), 0);
}

/** @param ready waited for before each round */
async function creates(
  bench: Bench,
  api: Api,
  { rounds, from, ready }: { rounds: number; from: From; ready?: () => Promise<void> },
): Promise<Samples> {
  const samples: Samples = { answered: [], usable: [], destroyed: [] };
  for (let round = 0; round < rounds; round++) {
    bench.note(`${from} ${round + 1} of ${rounds}`);
    await ready?.();
    const name = `create-${round}`;
    const begun = performance.now();
    const sandbox = await api.create({ name, cold: from === 'cold' });
    const created = performance.now();
    await api.exec(name, 'true');
    samples.usable.push(performance.now() - begun);
    samples.answered.push(created - begun - afterAnswer(sandbox));
    samples.destroyed.push(await time(() => api.destroy(name)));
    if (sandbox.report?.from !== from) throw new Error(`${name} came from ${sandbox.report?.from}, not ${from}`);
  }
  return samples;
}

export const create: Group = {
  name: 'create',
  title: 'create cold, from template and from the pool, destroy',
  async measure(bench) {
    const { api } = bench.daemon;
    const rounds = bench.rounds(TEMPLATE_ROUNDS);
    const forked = await creates(bench, api, { rounds, from: 'template' });
    const booted = await creates(bench, api, { rounds: bench.rounds(COLD_ROUNDS), from: 'cold' });
    const taken = await withPool(bench, 'minimal', (pooled, ready) =>
      creates(bench, pooled.api, { rounds, from: 'pool', ready }),
    );
    const cold: Measurement = { name: 'create cold, to first exec', unit: 'ms', samples: booted.usable };
    const warm: Measurement = {
      name: 'create from template, to first exec',
      unit: 'ms',
      samples: forked.usable,
      goal: { of: 'p50', limit: FIRST_EXEC_MS_MAX },
    };
    const pool: Measurement = {
      name: 'create from the pool, to first exec',
      unit: 'ms',
      samples: taken.usable,
      goal: { of: 'p50', limit: POOL_FIRST_EXEC_MS_MAX },
    };
    return [
      { name: 'create cold, until lohar answers', unit: 'ms', samples: booted.answered },
      cold,
      {
        name: 'create from template, until lohar answers',
        unit: 'ms',
        samples: forked.answered,
        goal: { of: 'p50', limit: ANSWER_MS_MAX },
      },
      warm,
      ratio('create from template beside cold', warm, cold, { limit: OF_COLD_MAX }),
      { name: 'create from the pool, until it is a sandbox', unit: 'ms', samples: taken.answered },
      pool,
      ratio('create from the pool beside cold', pool, cold, { limit: POOL_OF_COLD_MAX }),
      { name: 'destroy', unit: 'ms', samples: [...forked.destroyed, ...booted.destroyed, ...taken.destroyed] },
    ];
  },
};
