/** The tiers: what they cost to build, what a template saves of the large ones' start, and what they are for. */
import type { Api, ImageReply } from '../daemon/api.ts';
import { withPool } from '../daemon/pooled-daemon.ts';
import type { Bench, Group } from '../group.ts';
import { type Measurement, ratio } from '../measure/measurement.ts';
import { time } from '../measure/timing.ts';

/** A cold desktop takes most of a minute under emulation. */
const COLD_ROUNDS = 2;
const FORK_ROUNDS = 5;
/** As a sandbox's report calls them. */
const FORK_UNITS = 'fork units';
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

/** What rounds of one kind have shown. */
interface Started {
  /** From the request until an exec has seen every unit active. */
  readonly active: Measurement;
  /** From the request until the tier has been used once. */
  readonly used: Measurement;
  /** Of that, what units of bhatti-fork.target took; none in a round whose image has no work for them. */
  readonly forkUnits: readonly number[];
}

async function starts(bench: Bench, api: Api, row: TierRow, { rounds, from, ready }: Starts): Promise<Started> {
  const untilActive = `until systemctl is-active --quiet ${row.units.join(' ')}; do sleep 0.1; done`;
  const samples: { active: number; used: number; forkUnits: number[] }[] = [];
  for (let round = 0; round < rounds; round++) {
    bench.note(`${row.tier} ${HOW[from]} ${round + 1} of ${rounds}`);
    await ready?.();
    const name = `tier-${round}`;
    const begun = performance.now();
    const { report } = await api.create({ name, image: row.tier, cold: from === 'cold' });
    await api.exec(name, 'sh', '-c', untilActive);
    const active = performance.now() - begun;
    await api.exec(name, 'sh', '-c', row.usable);
    const used = performance.now() - begun;
    if (report?.from !== from) throw new Error(`${name} came from ${report?.from}, not ${from}`);
    const forkUnits = report.steps.filter((step) => step.name === FORK_UNITS).map(({ ms }) => ms);
    samples.push({ active, used, forkUnits });
    await api.destroy(name);
  }
  const create = `create ${row.tier} ${HOW[from]}, to`;
  return {
    active: { name: `${create} all its units active`, unit: 'ms', samples: samples.map(({ active }) => active) },
    used: { name: `${create} ${row.shows}`, unit: 'ms', samples: samples.map(({ used }) => used) },
    forkUnits: samples.flatMap(({ forkUnits }) => forkUnits),
  };
}

/** Rows of one kind of start and how they stand beside a cold one. */
function beside(row: TierRow, from: From, some: Started, cold: Started): Measurement[] {
  const goal = { limit: row.ofColdMax };
  return [
    some.active,
    ratio(`${row.tier} ${HOW[from]} beside cold, to all its units active`, some.active, cold.active, goal),
    some.used,
    ratio(`${row.tier} ${HOW[from]} beside cold, to ${row.shows}`, some.used, cold.used, goal),
    ...(some.forkUnits.length === 0
      ? []
      : [{ name: `${row.tier} ${HOW[from]}: units of the fork`, unit: 'ms' as const, samples: some.forkUnits }]),
  ];
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
    const pool = await withPool(bench, row.tier, (pooled, ready) =>
      starts(bench, pooled.api, row, { rounds, from: 'pool', ready }),
    );
    return [
      cold.active,
      cold.used,
      { name: `${row.tier}: template and first fork`, unit: 'ms', samples: [template] },
      ...beside(row, 'template', fork, cold),
      ...beside(row, 'pool', pool, cold),
      ...used,
    ];
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
