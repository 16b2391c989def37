import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, type Group, withSandbox } from '../group.ts';
import type { Measurement } from '../measure/measurement.ts';
import { time } from '../measure/timing.ts';

const ROUNDS = 30;
const STOP_MS_MAX = 250;
const ANSWER_MS_MAX = 150;
const FIRST_EXEC_MS_MAX = 400;
const FROM_DISK_MS_MAX = 500;
const POLL_MS = 20;
/** Stages of a wake up to lohar's first answer. */
const UNTIL_ANSWER = ['check', 'spawn', 'load', 'hello'];

interface Woken {
  readonly id: string;
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
        await fromDisk(bench, name),
      ];
    }),
};

/** What was saved, and the disk, have left the page cache: as after the host had other work for hours. */
async function fromDisk(bench: Bench, name: string): Promise<Measurement> {
  const { api, dataDir } = bench.daemon;
  const path = `/v1/sandboxes/${name}`;
  const folder = join(dataDir, 'engine/vms', (await api.call<Woken>('GET', path)).id);
  const samples: number[] = [];
  for (let round = 0, rounds = bench.rounds(ROUNDS); round < rounds; round++) {
    bench.note(`from disk, ${round + 1} of ${rounds}`);
    await api.call('POST', `${path}/stop`);
    while (!existsSync(join(folder, 'saved/sums.json'))) await pause(POLL_MS); // until then the daemon reads it
    for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (file.isFile()) dropFromCache(join(file.parentPath, file.name));
    samples.push(await time(() => api.exec(name, 'true')));
  }
  const goal = { of: 'p50', limit: FROM_DISK_MS_MAX } as const;
  return { name: 'cold wake from a dropped page cache, to first exec', unit: 'ms', samples, goal };
}

/** dd(1): `nocache` with count=0 drops the whole file. */
function dropFromCache(file: string): void {
  execFileSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
}
