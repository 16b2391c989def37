import { percentile } from '../../host/src/cli/bench/statistics.ts';
import { timeCli } from '../daemon/own-daemon.ts';
import { type Group, withSandbox } from '../group.ts';
import type { Measurement } from '../measure/measurement.ts';
import { times } from '../measure/timing.ts';

const ROUNDS = 100;
const CLI_ROUNDS = 50;
const PARALLEL = 20;
const PARALLEL_ROUNDS = 10;
/** Until QEMU has translated what an exec runs through. */
const WARM_UP_ROUNDS = 10;
const TIMES_GUEST_MAX = 2.5;
const PLUS_MS = 5;
/** With the compiled client. */
const CLI_MS = 30;
const CLIENT_START_MS = 9.9;
const PARALLEL_MS = 250;

export const exec: Group = {
  name: 'exec',
  title: 'exec through API and CLI',
  measure: (bench) =>
    withSandbox(bench, 'exec', async (name) => {
      const { api } = bench.daemon;
      const run = () => api.exec(name, 'true');
      await times(WARM_UP_ROUNDS, run);
      const { us } = await api.call<{ us: number[] }>(
        'GET',
        `/v1/sandboxes/${name}/spawn-times?count=${bench.rounds(ROUNDS)}`,
      );
      const guest: Measurement = {
        name: 'fork+exec+wait inside the guest',
        unit: 'ms',
        samples: us.map((one) => one / 1000),
      };
      const spawnMs = percentile(guest.samples, 0.5);
      bench.note('API');
      const throughApi = await times(bench.rounds(ROUNDS), run);
      bench.note('CLI');
      const throughCli = await times(bench.rounds(CLI_ROUNDS), () => timeCli(bench.daemon, 'exec', name, '--', 'true'));
      const start = await times(bench.rounds(CLI_ROUNDS), () => timeCli(bench.daemon, 'version'));
      bench.note('in parallel');
      const all = () => Promise.all(Array.from({ length: PARALLEL }, run));
      const parallel = await times(bench.rounds(PARALLEL_ROUNDS), all);
      return [
        guest,
        {
          name: 'exec true through the API',
          unit: 'ms',
          samples: throughApi,
          goal: {
            of: 'p50',
            limit: TIMES_GUEST_MAX * spawnMs + PLUS_MS,
            because: `${TIMES_GUEST_MAX} × inside the guest + ${PLUS_MS}`,
          },
        },
        { name: 'exec true through the CLI', unit: 'ms', samples: throughCli, goal: { of: 'p50', limit: CLI_MS } },
        { name: 'bhatti version', unit: 'ms', samples: start, goal: { of: 'p50', limit: CLIENT_START_MS } },
        {
          name: `${PARALLEL} execs in parallel, all answered`,
          unit: 'ms',
          samples: parallel,
          goal: { of: 'p50', limit: PARALLEL_MS },
        },
      ];
    }),
};
