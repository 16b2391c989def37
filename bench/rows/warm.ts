import { type Group, withSandbox } from '../group.ts';
import { time, times } from '../measure/timing.ts';

const ROUNDS = 30;
const TOGETHER = 10;
const WARM_UP_ROUNDS = 5;
const WAKE_MS_MAX = 15;

export const warm: Group = {
  name: 'warm',
  title: 'pause and warm wake',
  measure: (bench) =>
    withSandbox(bench, 'warm', async (name) => {
      const { api } = bench.daemon;
      const post = (verb: string) => api.call('POST', `/v1/sandboxes/${name}/${verb}`);
      const run = () => api.exec(name, 'true');
      const pauses: number[] = [];
      /** Each round finds it paused. */
      const fromPause = async (rounds: number, work: () => Promise<unknown>): Promise<number[]> => {
        const samples: number[] = [];
        for (let round = 0; round < rounds; round++) {
          pauses.push(await time(() => post('pause')));
          samples.push(await time(work));
        }
        return samples;
      };
      await fromPause(WARM_UP_ROUNDS, () => post('resume'));
      await fromPause(WARM_UP_ROUNDS, run);
      pauses.length = 0;
      const rounds = bench.rounds(ROUNDS);
      const resume = await fromPause(rounds, () => post('resume'));
      bench.note('exec');
      const exec = await fromPause(rounds, run);
      bench.note(`${TOGETHER} at once`);
      const together = await fromPause(rounds, () => Promise.all(Array.from({ length: TOGETHER }, run)));
      const hot = await times(rounds, run);
      return [
        { name: 'pause', unit: 'ms', samples: pauses },
        { name: 'warm wake: resume', unit: 'ms', samples: resume, goal: { of: 'p50', limit: WAKE_MS_MAX } },
        { name: 'warm wake: exec true', unit: 'ms', samples: exec },
        { name: 'exec true of one that is hot', unit: 'ms', samples: hot },
        { name: `warm wake by ${TOGETHER} execs at once, all answered`, unit: 'ms', samples: together },
      ];
    }),
};
