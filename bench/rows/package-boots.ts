/** From the beginning of init to all units active with packages of the archive, beside real systemd in the same shape. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '../../tests/field/observe/ask.ts';
import { withSandbox } from '../../tests/field/sandbox.ts';
import { systemdRoot, withSystemd } from '../../tests/field/systemd.ts';
import type { Bench, Group } from '../group.ts';
import { type Measurement, ratio } from '../measure/measurement.ts';

/** The seed's four, a container engine, and a web site with its database. */
const SETS: readonly (readonly string[])[] = [
  ['openssh-server', 'nginx', 'redis-server', 'postgresql'],
  ['docker.io'],
  ['mariadb-server', 'apache2', 'php-fpm'],
];
const BOOTS = 5;
const INSTALL_MS = 900_000;
/** A boot that a program waits for. */
const BOOT_MS = 300_000;

/** What was written is on the disk and the file system is whole, however the machine ends. */
const SETTLE = 'sync; echo u >/proc/sysrq-trigger';

async function install(run: Run, packages: readonly string[]): Promise<void> {
  const { code, output } = await run(
    `DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages.join(' ')} 2>&1`,
    INSTALL_MS,
  );
  if (code !== 0) throw new Error(`cannot install ${packages.join(', ')}: ${output}`);
}

/** multi-user.target comes after all that it wants, each active or failed. @returns ms */
async function bootMs(run: Run): Promise<number> {
  const { output } = await run(
    'systemctl is-system-running --wait >/dev/null; systemctl --failed --no-legend --plain; systemctl show -P ActiveEnterTimestampMonotonic multi-user.target',
    BOOT_MS,
  );
  const [microseconds, ...failed] = output.trim().split('\n').toReversed();
  if (failed.length > 0) throw new Error(`units that failed: ${failed.join(', ')}`);
  return Number(microseconds) / 1000;
}

async function ofLohar(packages: readonly string[], boots: number): Promise<number[]> {
  return withSandbox(packages, async (sandbox) => {
    await install(sandbox.run, packages);
    const samples: number[] = [];
    for (let boot = 0; boot < boots; boot++) {
      await sandbox.stopAndStart();
      samples.push(await bootMs(sandbox.run));
    }
    return samples;
  });
}

async function ofSystemd(packages: readonly string[], boots: number): Promise<number[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bhatti-boots-'));
  try {
    const root = join(scratch, 'root.ext4');
    execFileSync('cp', ['--sparse=always', '--no-preserve=mode', await systemdRoot(), root]);
    const booted = (work: (run: Run) => Promise<number>): Promise<number> =>
      withSystemd(packages, (run) => work(run).finally(() => run(SETTLE)), { root });
    await booted(async (run) => {
      await install(run, packages);
      return 0;
    });
    const samples: number[] = [];
    for (let boot = 0; boot < boots; boot++) samples.push(await booted(bootMs));
    return samples;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export const packageBoots: Group = {
  name: 'package-boots',
  title: 'boots with packages beside systemd',
  long: true,
  async measure(bench: Bench) {
    const rows: Measurement[] = [];
    for (const packages of SETS) {
      const title = `boot to all units active, ${packages.join(' ')}`;
      bench.note(`lohar: ${packages[0]}`);
      const lohar = await ofLohar(packages, bench.rounds(BOOTS));
      bench.note(`systemd: ${packages[0]}`);
      const systemd = await ofSystemd(packages, bench.rounds(BOOTS));
      const mine: Measurement = { name: `${title}, lohar`, unit: 'ms', samples: lohar };
      const theirs: Measurement = { name: `${title}, systemd`, unit: 'ms', samples: systemd };
      rows.push(mine, theirs, ratio(`${title}, of systemd's`, mine, theirs));
    }
    return rows;
  },
};
