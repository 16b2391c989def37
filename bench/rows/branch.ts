import { type Bench, type Group, withSandbox } from '../group.ts';
import type { Measurement } from '../measure/measurement.ts';
import { time } from '../measure/timing.ts';

const ROUNDS = 30;
const MANY = 10;
const MANY_ROUNDS = 5;
/** A disk has at most so many layers, and each branch adds one: a sandbox is good for a few of them. */
const BRANCHES_MAX = 8;
const FORK_MS_MAX = 250;
const MANY_MS_MAX = 1500;
/** MiB written to memory -> how long the sandbox may stand still, ms. */
const SNAPSHOTS: readonly [dirtyMib: number, pauseMsMax: number][] = [
  [25, 25],
  [100, 60],
];

interface Forks {
  readonly sandboxes: readonly { readonly name: string }[];
  readonly pausedMs: number;
}

/** Runs `work` often, on a sandbox that had `script` run, and on another of that kind before its disk has too many layers. */
async function onSandboxes(
  bench: Bench,
  { rounds, script }: { rounds: number; script: string },
  work: (name: string) => Promise<void>,
): Promise<void> {
  for (let done = 0; done < rounds; done += BRANCHES_MAX) {
    await withSandbox(bench, `branch-${done}`, async (name) => {
      await bench.daemon.api.exec(name, 'sh', '-c', script);
      for (let round = done; round < Math.min(rounds, done + BRANCHES_MAX); round += 1) {
        bench.note(`${round + 1} of ${rounds}`);
        await work(name);
      }
    });
  }
}

async function snapshots(bench: Bench, dirtyMib: number, pauseMsMax: number): Promise<Measurement[]> {
  const { api } = bench.daemon;
  const pauses: number[] = [];
  const whole: number[] = [];
  const script = `head -c ${dirtyMib}M /dev/urandom >/dev/shm/dirty`;
  await onSandboxes(bench, { rounds: bench.rounds(ROUNDS), script }, async (name) => {
    const take = () => api.call<{ id: string; pausedMs: number }>('POST', `/v1/sandboxes/${name}/snapshots`, {});
    let id = '';
    whole.push(
      await time(async () => {
        const taken = await take();
        pauses.push(taken.pausedMs);
        id = taken.id;
      }),
    );
    await api.call('DELETE', `/v1/snapshots/${id}`);
  });
  const title = `snapshot, ${dirtyMib} MiB written`;
  return [
    { name: `${title}: it stands still`, unit: 'ms', samples: pauses, goal: { of: 'p50', limit: pauseMsMax } },
    { name: `${title}: until it is on disk`, unit: 'ms', samples: whole },
  ];
}

/** From the request to the first command answered in the fork, or in each of them. */
async function forks(bench: Bench, count: number, rounds: number): Promise<{ pauses: number[]; usable: number[] }> {
  const { api } = bench.daemon;
  const pauses: number[] = [];
  const usable: number[] = [];
  await onSandboxes(bench, { rounds, script: 'true' }, async (name) => {
    let made: Forks['sandboxes'] = [];
    usable.push(
      await time(async () => {
        const { sandboxes, pausedMs } = await api.call<Forks>('POST', `/v1/sandboxes/${name}/fork`, { count });
        made = sandboxes;
        pauses.push(pausedMs);
        await Promise.all(made.map((fork) => api.exec(fork.name, 'true')));
      }),
    );
    for (const fork of made) await api.destroy(fork.name);
  });
  return { pauses, usable };
}

export const branch: Group = {
  name: 'branch',
  title: 'snapshots and live forks',
  async measure(bench) {
    const kept: Measurement[] = [];
    for (const [dirtyMib, pauseMsMax] of SNAPSHOTS) kept.push(...(await snapshots(bench, dirtyMib, pauseMsMax)));
    bench.note('live forks');
    const one = await forks(bench, 1, bench.rounds(ROUNDS));
    const many = await forks(bench, MANY, bench.rounds(MANY_ROUNDS));
    return [
      ...kept,
      { name: 'live fork: the sandbox stands still', unit: 'ms', samples: one.pauses },
      { name: 'live fork, to first exec', unit: 'ms', samples: one.usable, goal: { of: 'p50', limit: FORK_MS_MAX } },
      {
        name: `${MANY} live forks at once, to first exec in each`,
        unit: 'ms',
        samples: many.usable,
        goal: { of: 'p50', limit: MANY_MS_MAX },
      },
    ];
  },
};
