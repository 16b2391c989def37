import type { SandboxReply } from '../daemon/api.ts';
import type { Bench, Group } from '../group.ts';
import { type Measurement, ratio } from '../measure/measurement.ts';
import { time } from '../measure/timing.ts';

const COLD_ROUNDS = 10;
const TEMPLATE_ROUNDS = 30;
const ANSWER_MS_MAX = 160;
const FIRST_EXEC_MS_MAX = 420;
const OF_COLD_MAX = 1 / 10;
/** Stages of a create that come after lohar's first answer. */
const AFTER_ANSWER = ['prepare'];

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

async function creates(bench: Bench, rounds: number, cold: boolean): Promise<Samples> {
  const { api } = bench.daemon;
  const samples: Samples = { answered: [], usable: [], destroyed: [] };
  for (let round = 0; round < rounds; round++) {
    bench.note(`${cold ? 'cold' : 'from template'} ${round + 1} of ${rounds}`);
    const name = `create-${round}`;
    const from = performance.now();
    const sandbox = await api.create({ name, cold });
    const created = performance.now();
    await api.exec(name, 'true');
    samples.usable.push(performance.now() - from);
    samples.answered.push(created - from - afterAnswer(sandbox));
    samples.destroyed.push(await time(() => api.destroy(name)));
    const wanted = cold ? 'cold' : 'template';
    if (sandbox.report?.from !== wanted) throw new Error(`${name} came from ${sandbox.report?.from}, not ${wanted}`);
  }
  return samples;
}

export const create: Group = {
  name: 'create',
  title: 'create cold and from template, destroy',
  async measure(bench) {
    const forked = await creates(bench, bench.rounds(TEMPLATE_ROUNDS), false);
    const booted = await creates(bench, bench.rounds(COLD_ROUNDS), true);
    const cold: Measurement = { name: 'create cold, to first exec', unit: 'ms', samples: booted.usable };
    const warm: Measurement = {
      name: 'create from template, to first exec',
      unit: 'ms',
      samples: forked.usable,
      goal: { of: 'p50', limit: FIRST_EXEC_MS_MAX },
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
      { name: 'destroy', unit: 'ms', samples: [...forked.destroyed, ...booted.destroyed] },
    ];
  },
};
