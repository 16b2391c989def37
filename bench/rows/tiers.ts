/** The large tiers: what they cost to build, and what a template saves of their start. */
import type { ImageReply } from '../daemon/api.ts';
import type { Bench, Group } from '../group.ts';
import { type Measurement, ratio } from '../measure/measurement.ts';
import { time } from '../measure/timing.ts';

/** A cold desktop takes minutes under emulation. */
const COLD_ROUNDS = 2;
const FORK_ROUNDS = 5;

interface TierRow {
  readonly tier: string;
  readonly usedMbMax: number;
  /** What a fork may take beside a cold start. */
  readonly ofColdMax: number;
  /** Proves in a fresh sandbox that the tier's units are of use. */
  readonly usable: string;
  /** What is done in it then, and what the row is called. */
  readonly works: Readonly<Record<string, string>>;
}

const PAGE = `const { chromium } = require('playwright');
(async () => {
  const browser = await chromium.connectOverCDP('http://127.0.0.1:9222');
  const page = await browser.newPage();
  const from = performance.now();
  await page.goto('data:text/html,<h1>Hello</h1>');
  console.log(performance.now() - from);
  process.exit(0);
})();`;

const TIERS: readonly TierRow[] = [
  {
    tier: 'docker',
    usedMbMax: 550,
    ofColdMax: 1 / 20,
    usable: 'docker version',
    works: {
      'make an image of a program':
        'mkdir -p /tmp/r && cp /usr/local/bin/lohar /tmp/r && tar -C /tmp/r -c . | docker import - small',
      'docker run of a small image': 'docker run --rm small /lohar --version',
    },
  },
  {
    tier: 'browser',
    usedMbMax: 600,
    ofColdMax: 1 / 20,
    usable: 'curl -sf http://127.0.0.1:9222/json/version',
    works: {
      'a new page over DevTools': 'curl -sf -X PUT "http://127.0.0.1:9222/json/new?data:text/html,hello"',
      'Node, Playwright and a page': `NODE_PATH=/usr/local/lib/node_modules node -e "${PAGE}"`,
    },
  },
  {
    tier: 'computer',
    usedMbMax: 1500,
    ofColdMax: 1 / 50,
    usable: 'screenshot /tmp/first.png',
    works: { 'a picture of the desktop': 'screenshot /tmp/second.png' },
  },
];

async function starts(bench: Bench, row: TierRow, rounds: number, cold: boolean): Promise<Measurement> {
  const { api } = bench.daemon;
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bench.note(`${row.tier} ${cold ? 'cold' : 'from template'} ${round + 1} of ${rounds}`);
    const name = `tier-${round}`;
    samples.push(
      await time(async () => {
        await api.create({ name, image: row.tier, cold });
        await api.exec(name, 'sh', '-c', row.usable);
      }),
    );
    await api.destroy(name);
  }
  const how = cold ? 'cold, all units active and used once' : 'from template, all units used once';
  return { name: `create ${row.tier} ${how}`, unit: 'ms', samples };
}

/** Rows of what a tier is for, in one fork. */
async function uses(bench: Bench, row: TierRow): Promise<Measurement[]> {
  const { api } = bench.daemon;
  const rounds = bench.rounds(FORK_ROUNDS);
  await api.create({ name: 'uses', image: row.tier });
  const rows: Measurement[] = [];
  for (const [what, script] of Object.entries(row.works)) {
    const samples: number[] = [];
    for (let round = 0; round < rounds; round++) samples.push(await time(() => api.exec('uses', 'sh', '-c', script)));
    rows.push({ name: `${row.tier}: ${what}`, unit: 'ms', samples });
  }
  await api.destroy('uses');
  return rows;
}

async function rowsOf(bench: Bench, row: TierRow): Promise<Measurement[]> {
  const { api } = bench.daemon;
  bench.note(`build ${row.tier}`);
  const built = await time(() => api.call('POST', `/v1/tiers/${row.tier}/build`, {}));
  const { manifest } = await api.call<ImageReply>('GET', `/v1/images/${row.tier}`);
  const cold = await starts(bench, row, bench.rounds(COLD_ROUNDS), true);
  bench.note(`${row.tier}: template`);
  const template = await time(() => api.create({ name: 'first', image: row.tier }));
  await api.destroy('first');
  const fork = await starts(bench, row, bench.rounds(FORK_ROUNDS), false);
  const rows: Measurement[] = [
    { name: `build ${row.tier}, with what the cache holds`, unit: 'ms', samples: [built] },
    {
      name: `image ${row.tier}, used`,
      unit: 'MB',
      samples: [(manifest?.usedBytes ?? 0) / 1e6],
      goal: { of: 'p50', limit: row.usedMbMax },
    },
    cold,
    { name: `${row.tier}: template and first fork`, unit: 'ms', samples: [template] },
    fork,
    ratio(`create ${row.tier} from template beside cold`, fork, cold, { limit: row.ofColdMax }),
    ...(await uses(bench, row)),
  ];
  await api.call('POST', '/v1/prune');
  return rows;
}

export const tiers: Group = {
  name: 'tiers',
  title: 'docker, browser and computer: build, start, use',
  long: true,
  async measure(bench) {
    const rows: Measurement[] = [];
    for (const row of TIERS) rows.push(...(await rowsOf(bench, row)));
    return rows;
  },
};
