import { type Group, withSandbox } from '../group.ts';
import { time } from '../measure/timing.ts';

const ROUNDS = 30;
const STOP_MS_MAX = 250;
const ANSWER_MS_MAX = 150;
const FIRST_EXEC_MS_MAX = 400;
/** Stages of a wake up to lohar's first answer. */
const UNTIL_ANSWER = ['check', 'spawn', 'load', 'hello'];

interface Woken {
  readonly wake: { readonly from: string; readonly timings: Readonly<Record<string, number>> };
}

export const cold: Group = {
  name: 'cold',
  title: 'save to disk and cold wake',
  measure: (bench) =>
    withSandbox(bench, 'cold', async (name) => {
      const { api } = bench.daemon;
      const path = `/v1/sandboxes/${name}`;
      const stops: number[] = [];
      const answered: number[] = [];
      const usable: number[] = [];
      for (let round = 0, rounds = bench.rounds(ROUNDS); round < rounds; round++) {
        bench.note(`${round + 1} of ${rounds}`);
        stops.push(await time(() => api.call('POST', `${path}/stop`)));
        usable.push(await time(() => api.exec(name, 'true')));
        const { wake } = await api.call<Woken>('GET', path);
        if (wake.from !== 'cold') throw new Error(`${name} woke from ${wake.from}`);
        answered.push(UNTIL_ANSWER.reduce((sum, stage) => sum + (wake.timings[stage] ?? 0), 0));
      }
      return [
        { name: 'stop to disk', unit: 'ms', samples: stops, goal: { of: 'p50', limit: STOP_MS_MAX } },
        {
          name: 'cold wake, until lohar answers',
          unit: 'ms',
          samples: answered,
          goal: { of: 'p50', limit: ANSWER_MS_MAX },
        },
        {
          name: 'cold wake, to first exec',
          unit: 'ms',
          samples: usable,
          goal: { of: 'p50', limit: FIRST_EXEC_MS_MAX },
        },
      ];
    }),
};
