import { readdirSync } from 'node:fs';
import type { Bench, Group } from '../group.ts';
import type { Measurement } from '../measure/measurement.ts';
import { descriptorsOf, processesWith, residentMib } from '../measure/processes.ts';

const ROUNDS = 500;
/** After these the daemon has loaded and compiled all that a round needs; growth is counted from then on. */
const WARM_UP_ROUNDS = 50;
/** V8 lets a heap grow before it collects; a leak of 64 KiB a round would be more than this. */
const GROWTH_MIB_MAX = 32;

interface Held {
  readonly processes: number;
  readonly descriptors: number;
  readonly files: number;
  readonly memoryMib: number;
}

function held({ daemon }: Bench): Held {
  return {
    processes: processesWith(daemon.dataDir).length,
    descriptors: descriptorsOf(daemon.pid),
    files: readdirSync(daemon.dataDir, { recursive: true }).length,
    memoryMib: residentMib(daemon.pid),
  };
}

export const leak: Group = {
  name: 'leak',
  title: `${ROUNDS} rounds of create and destroy`,
  async measure(bench) {
    const { api } = bench.daemon;
    const rounds = bench.rounds(ROUNDS);
    const warmUp = Math.min(WARM_UP_ROUNDS, Math.floor(rounds / 2));
    let before = held(bench);
    for (let round = 0; round < rounds; round++) {
      bench.note(`${round + 1} of ${rounds}`);
      await api.create({ name: 'leak' });
      await api.destroy('leak');
      if (round === warmUp) before = held(bench);
    }
    const after = held(bench);
    const grown = (name: string, key: keyof Held, unit: Measurement['unit'], limit: number): Measurement => ({
      name: `${name} left by ${rounds} create/destroy rounds`,
      unit,
      samples: [after[key] - before[key]],
      goal: { of: 'max', limit },
    });
    return [
      grown('processes', 'processes', 'count', 0),
      grown('descriptors of the daemon', 'descriptors', 'count', 0),
      grown('files', 'files', 'count', 0),
      grown('memory of the daemon', 'memoryMib', 'MiB', GROWTH_MIB_MAX),
    ];
  },
};
