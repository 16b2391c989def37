import { setTimeout as pause } from 'node:timers/promises';
import type { StatsReply } from '../daemon/api.ts';
import type { Group } from '../group.ts';
import type { Measurement } from '../measure/measurement.ts';
import { type MemoryPart, memoryPartsOf, parentOf, processorMs, proportionalMib } from '../measure/processes.ts';

const SANDBOXES = 10;
/** What many share counts less for each of them. What one more takes is told by all of them beside these. */
const FEW = 4;
/** A fork goes on translating for a while; then it is idle. */
const SETTLE_MS = 10_000;
const WATCH_MS = 20_000;
const LOHAR_MIB_MAX = 4;
const SANDBOX_MIB_MAX = 40;
const FORK_MIB_MAX = 30;
const IDLE_PERCENT_MAX = 1;
const ALL_IDLE_PERCENT_MAX = 3;

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

const PARTS: readonly MemoryPart[] = [
  'memory of the guest',
  'translated code',
  'heap and stacks',
  'programs and libraries',
];

export const memory: Group = {
  name: 'memory',
  title: `memory and idle CPU of ${SANDBOXES} sandboxes`,
  async measure(bench) {
    const { api } = bench.daemon;
    const names = Array.from({ length: SANDBOXES }, (_, i) => `memory-${i}`);
    // A sandbox is its QEMU and the keeper that holds it.
    const pairs: number[][] = [];
    const settled = async (some: readonly string[]): Promise<number[]> => {
      for (const name of some) {
        const pid = (await api.create({ name })).pid ?? 0;
        pairs.push([pid, parentOf(pid)]);
      }
      bench.note('settling');
      await pause(SETTLE_MS);
      return pairs.map((pids) => sum(pids.map(proportionalMib)));
    };
    try {
      const lohar: number[] = [];
      const few = await settled(names.slice(0, FEW));
      const resident = await settled(names.slice(FEW));
      const used = () => pairs.map((pids) => sum(pids.map(processorMs)));
      bench.note('watching');
      const before = used();
      const from = performance.now();
      await pause(WATCH_MS);
      const elapsed = performance.now() - from;
      const idle = used().map((ms, i) => ((ms - (before[i] ?? 0)) / elapsed) * 100);
      const parts = pairs.map((pids) => pids.map(memoryPartsOf));
      for (const name of names)
        lohar.push((await api.call<StatsReply>('GET', `/v1/sandboxes/${name}/stats`)).loharResidentKib / 1024);
      return [
        { name: 'lohar, resident', unit: 'MiB', samples: lohar, goal: { of: 'max', limit: LOHAR_MIB_MAX } },
        {
          name: 'one more idle sandbox',
          unit: 'MiB',
          samples: [(sum(resident) - sum(few)) / (SANDBOXES - FEW)],
          goal: { of: 'p50', limit: SANDBOX_MIB_MAX },
        },
        { name: `each of ${FEW} idle sandboxes, proportional`, unit: 'MiB', samples: few },
        {
          name: `each of ${SANDBOXES} idle forks, proportional`,
          unit: 'MiB',
          samples: resident,
          goal: { of: 'p50', limit: FORK_MIB_MAX },
        },
        ...PARTS.map(
          (part): Measurement => ({
            name: `of it ${part}`,
            unit: 'MiB',
            samples: parts.map((all) => sum(all.map((of) => of[part]))),
          }),
        ),
        { name: 'one idle sandbox, of a core', unit: '%', samples: idle, goal: { of: 'p50', limit: IDLE_PERCENT_MAX } },
        {
          name: `${SANDBOXES} idle forks, of a core`,
          unit: '%',
          samples: [sum(idle)],
          goal: { of: 'max', limit: ALL_IDLE_PERCENT_MAX },
        },
      ];
    } finally {
      for (const name of names) await api.destroy(name);
    }
  },
};
