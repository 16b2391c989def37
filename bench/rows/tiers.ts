/** The tiers: what they cost to build, what a template saves of the large ones' start, and what they are for. */
import type { Api, ImageReply } from '../daemon/api.ts';
import { withPool } from '../daemon/pooled-daemon.ts';
import type { Bench, Group } from '../group.ts';
import { type Measurement, ratio } from '../measure/measurement.ts';
import { time } from '../measure/timing.ts';

/** A cold desktop takes most of a minute under emulation. */
const COLD_ROUNDS = 2;
const FORK_ROUNDS = 5;
const HOW = { cold: 'cold', template: 'from template', pool: 'from the pool' } as const;

interface Use {
  readonly what: string;
  readonly script: string;
  /** The script prints what it measured, in ms, a line a sample; otherwise it is run again and again and timed. */
  readonly prints?: true;
}

interface TierRow {
  readonly tier: string;
  /** What a fork may take beside a cold start. */
  readonly ofColdMax: number;
  readonly units: readonly string[];
  /** The first use of a fresh sandbox, and what it shows. */
  readonly usable: string;
  readonly shows: string;
  /** Done once before the uses. */
  readonly before?: string;
  readonly uses: readonly Use[];
}

const PAGE_LOADS = `const { chromium } = require('playwright');
(async () => {
  const browser = await chromium.connectOverCDP('http://127.0.0.1:9222');
  const page = await browser.newPage();
  for (let round = 0; round < ${FORK_ROUNDS}; round++) {
    const from = performance.now();
    await page.goto('data:text/html,<h1>Hello</h1>' + round);
    console.log(performance.now() - from);
  }
  process.exit(0);
})();`;

const USED_MB_MAX: Readonly<Record<string, number>> = { minimal: 200, docker: 550, browser: 600, computer: 1500 };

const TIERS: readonly TierRow[] = [
  {
    tier: 'docker',
    ofColdMax: 1 / 20,
    units: ['docker'],
    usable: 'docker version',
    shows: 'the engine has answered',
    before: 'mkdir -p /tmp/r && cp /usr/sbin/ldconfig.real /tmp/r/static && tar -C /tmp/r -c . | docker import - small',
    uses: [{ what: 'docker run of a small image', script: 'docker run --rm small /static --version' }],
  },
  {
    tier: 'browser',
    ofColdMax: 1 / 20,
    units: ['headless-chrome'],
    usable: 'curl -sf http://127.0.0.1:9222/json/version',
    shows: 'DevTools have answered',
    uses: [
      {
        what: 'a new page over DevTools',
        script: 'curl -sf -X PUT "http://127.0.0.1:9222/json/new?data:text/html,hello"',
      },
      {
        what: 'page load over CDP',
        script: `NODE_PATH=/usr/local/lib/node_modules node -e "${PAGE_LOADS}"`,
        prints: true,
      },
    ],
  },
  {
    tier: 'computer',
    ofColdMax: 1 / 50,
    units: ['kasmvnc', 'xfce-session', 'bhatti-display-env'],
    usable: 'screenshot /tmp/first.png',
    shows: 'the first picture of the desktop',
    uses: [{ what: 'a picture of the desktop', script: 'screenshot /tmp/second.png' }],
  },
];

type From = 'cold' | 'template' | 'pool';

interface Starts {
  readonly rounds: number;
  readonly from: From;
  /** Waited for before each round. */
  readonly ready?: () => Promise<void>;
}

/** From the request until every unit is active and the tier has been used once. */
async function starts(bench: Bench, api: Api, row: TierRow, { rounds, from, ready }: Starts): Promise<Measurement> {
  const script = `until systemctl is-active --quiet ${row.units.join(' ')}; do sleep 0.1; done; ${row.usable}`;
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bench.note(`${row.tier} ${HOW[from]} ${round + 1} of ${rounds}`);
    await ready?.();
    const name = `tier-${round}`;
    samples.push(
      await time(async () => {
        await api.create({ name, image: row.tier, cold: from === 'cold' });
        await api.exec(name, 'sh', '-c', script);
      }),
    );
    await api.destroy(name);
  }
  return { name: `create ${row.tier} ${HOW[from]}, to ${row.shows}`, unit: 'ms', samples };
}

/** From the request until an exec has seen every unit active. */
async function activeStarts(bench: Bench, api: Api, row: TierRow, also: Starts): Promise<Measurement> {
  const active = { ...row, usable: 'true', shows: 'all its units active' };
  return starts(bench, api, active, also);
}

/** Rows of what a tier is for, in one fork. */
async function uses(bench: Bench, row: TierRow): Promise<Measurement[]> {
  const { api } = bench.daemon;
  await api.create({ name: 'uses', image: row.tier });
  if (row.before !== undefined) await api.exec('uses', 'sh', '-c', row.before);
  const rows: Measurement[] = [];
  for (const { what, script, prints } of row.uses) {
    const run = (): Promise<string> => api.exec('uses', 'sh', '-c', script);
    const samples: number[] = [];
    if (prints) samples.push(...(await run()).trim().split('\n').map(Number));
    else for (let round = 0; round < bench.rounds(FORK_ROUNDS); round++) samples.push(await time(run));
    rows.push({ name: `${row.tier}: ${what}`, unit: 'ms', samples });
  }
  await api.destroy('uses');
  return rows;
}

const tierGroup = (row: TierRow): Group => ({
  name: `tiers:${row.tier}`,
  title: `${row.tier}: start and use`,
  long: true,
  async measure(bench) {
    const { api } = bench.daemon;
    bench.note('build');
    await api.call('POST', `/v1/tiers/${row.tier}/build`, {});
    const cold = await starts(bench, api, row, { rounds: bench.rounds(COLD_ROUNDS), from: 'cold' });
    bench.note('template');
    const template = await time(() => api.create({ name: 'first', image: row.tier }));
    await api.destroy('first');
    const rounds = bench.rounds(FORK_ROUNDS);
    const fork = await starts(bench, api, row, { rounds, from: 'template' });
    const used = await uses(bench, row);
    await api.call('POST', '/v1/prune'); // two templates of a large tier are one too many
    const [active, pool] = await withPool(bench, row.tier, async (pooled, ready) => [
      await activeStarts(bench, pooled.api, row, { rounds, from: 'pool', ready }),
      await starts(bench, pooled.api, row, { rounds, from: 'pool', ready }),
    ]);
    const rows: Measurement[] = [
      cold,
      { name: `${row.tier}: template and first fork`, unit: 'ms', samples: [template] },
      fork,
      ratio(`create ${row.tier} from template beside cold`, fork, cold, { limit: row.ofColdMax }),
      active,
      pool,
      ratio(`create ${row.tier} from the pool beside cold`, pool, cold, { limit: row.ofColdMax }),
      ...used,
    ];
    return rows;
  },
});

/** Packages are in the cache; nothing else is, and then everything is. */
async function builds(bench: Bench, tier: string, limit: number): Promise<Measurement[]> {
  const { api } = bench.daemon;
  const build = (refresh: boolean): Promise<number> =>
    time(() => api.call('POST', `/v1/tiers/${tier}/build`, { refresh }));
  bench.note(`${tier}, layers anew`);
  const anew = await build(true);
  bench.note(`${tier}, layers there`);
  const again = await build(false);
  const { manifest } = await api.call<ImageReply>('GET', `/v1/images/${tier}`);
  return [
    { name: `build ${tier}, packages in the cache`, unit: 'ms', samples: [anew] },
    { name: `build ${tier}, layers in the cache`, unit: 'ms', samples: [again] },
    {
      name: `image ${tier}, used`,
      unit: 'MB',
      samples: [(manifest?.usedBytes ?? 0) / 1e6],
      goal: { of: 'p50', limit },
    },
  ];
}

const buildGroup: Group = {
  name: 'tiers:builds',
  title: 'builds of the tiers',
  long: true,
  async measure(bench) {
    const rows: Measurement[] = [];
    for (const [tier, limit] of Object.entries(USED_MB_MAX)) rows.push(...(await builds(bench, tier, limit)));
    return rows;
  },
};

export const tiers: readonly Group[] = [buildGroup, ...TIERS.map(tierGroup)];
