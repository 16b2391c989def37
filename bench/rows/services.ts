/** The service manager beside real systemd: two machines of one shape, asked by one script. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '@bhatti/host/builder/program.ts';
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import { enableInImage } from '../../tests/services/enable-in-image.ts';
import { buildServicesImage, imagesDir, TIER } from '../../tests/services/image.ts';
import { systemdImage } from '../../tests/services/systemd/image.ts';
import { askSystemd } from '../../tests/services/systemd/machine.ts';
import type { Bench, Group } from '../group.ts';
import { type Measurement, ratio, type Unit } from '../measure/measurement.ts';
import { type Answers, joinAnswers, parseAnswers } from '../services/answers.ts';
import { askLohar, DISK_MIB, MEASURE_SCRIPT } from '../services/ask-lohar.ts';

/** Each of a disk that never ran; what loads units and fills the journal is measured in the first. */
const BOOTS = 3;
const PARTS = 'tools triggers loaded';
/** Units that are enabled for one more row. */
const MANY = 300;
/** "Not changed" by 300 units. */
const SAME = 1.2;
const LOADED = ' with 300 units';

interface Beside {
  /** As measure.py calls it. */
  readonly row: string;
  readonly title: string;
  /** The most that lohar may take of what systemd takes, where there is a goal. */
  readonly limit?: number;
}

/** What every command takes at least. */
const FLOOR = { row: 'true', title: '/bin/true' };
const MEMORY: Beside = { row: 'resident', title: 'PID 1 and journal, resident', limit: 1 / 5 };
const TOOLS: readonly Beside[] = [
  { row: 'is-active', title: 'systemctl is-active', limit: 1 / 3 },
  { row: 'show', title: 'systemctl show', limit: 1 / 3 },
  { row: 'status', title: 'systemctl status', limit: 1 / 3 },
  { row: 'journal', title: 'journalctl -u UNIT -n 5', limit: 1 / 3 },
  { row: 'restart', title: 'systemctl restart', limit: 1 / 3 },
  { row: 'daemon-reload', title: 'systemctl daemon-reload', limit: 1 / 8 },
];
const SOCKET: Beside = { row: 'socket', title: 'connection to first byte, socket activation', limit: 1 / 2 };
const TIMER: Beside = { row: 'timer', title: 'a timer that is due, until its service begins' };
const WAKEUPS: Beside = { row: 'wakeups', title: 'wakeups of PID 1 in 20 idle seconds, a timer due in a day' };
const BOOT_ENABLED: Beside = { row: 'boot', title: `boot with ${MANY} units enabled, to multi-user.target` };
const BOOT: Beside = { row: 'boot', title: 'boot to multi-user.target', limit: 1 / 4 };

/** The unit of a row's samples, and how many of those that measure.py gives make one. */
const UNITS: Readonly<Record<string, [Unit, number]>> = {
  [MEMORY.row]: ['MiB', 1024],
  [WAKEUPS.row]: ['count', 1],
};
const MILLISECONDS: [Unit, number] = ['ms', 1000];

interface Sides {
  readonly lohar: Answers;
  readonly systemd: Answers;
}

interface SystemdShape {
  readonly image: string;
  readonly kernel: string;
  readonly scratch: string;
}

async function askRealSystemd(shape: SystemdShape, parts: string): Promise<Answers> {
  const scratch = mkdtempSync(join(shape.scratch, 'boot-'));
  const content = join(scratch, 'content');
  mkdirSync(join(content, 'guest'), { recursive: true });
  cpSync(MEASURE_SCRIPT, join(content, 'guest/measure.py'));
  const run = `mkdir -p "$2"; python3 "$1/../guest/measure.py" ${parts} >"$2/rows" 2>&1`;
  writeFileSync(join(content, 'guest/driver.sh'), `${run}\n`);
  mkdirSync(join(content, 'cases'));
  const signal = new AbortController().signal;
  const answers = await askSystemd(content, { ...shape, scratch, onLine: () => undefined, signal });
  return parseAnswers(readFileSync(join(answers, 'rows'), 'utf8'));
}

/** The recorded image, as large as lohar's disk. */
async function largeCopy(image: string, scratch: string, signal: AbortSignal): Promise<string> {
  const copy = copyTo(image, join(scratch, 'root.ext4'));
  execFileSync('truncate', ['-s', `${DISK_MIB}M`, copy]);
  await runProgram('resize2fs', ['-f', copy], { signal });
  return copy;
}

function copyTo(image: string, copy: string): string {
  execFileSync('cp', ['--sparse=always', '--no-preserve=mode', image, copy]);
  return copy;
}

/** A copy whose multi-user.target wants MANY units more. */
function withManyEnabled(image: string, copy: string): string {
  copyTo(image, copy);
  const text = '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n';
  const names = Array.from({ length: MANY }, (_, n) => `t-enabled${n}.service`);
  enableInImage(copy, 'multi-user.target', Object.fromEntries(names.map((name) => [name, text])));
  return copy;
}

function measurement(
  who: string,
  { row, title }: Pick<Beside, 'row' | 'title'>,
  answers: Answers,
  about = '',
): Measurement {
  const [unit, per] = UNITS[row] ?? MILLISECONDS;
  const samples = (answers.get(`${row}${about}`) ?? []).map((value) => value / per);
  return { name: `${title}${about}, ${who}`, unit, samples };
}

/** What lohar takes then, and beside what it took before. */
function unchanged(beside: Beside, lohar: Answers, about: string): Measurement[] {
  const now = measurement('lohar', beside, lohar, about);
  return [now, ratio(`${beside.title}${about}, of without`, now, measurement('lohar', beside, lohar), { limit: SAME })];
}

/** Both, and lohar of systemd. */
function besides(beside: Beside, { lohar, systemd }: Sides): Measurement[] {
  const mine = measurement('lohar', beside, lohar);
  const theirs = measurement('systemd', beside, systemd);
  const goal = beside.limit === undefined ? undefined : { limit: beside.limit };
  return [mine, theirs, ratio(`${beside.title}, of systemd's`, mine, theirs, goal)];
}

function compare({ lohar, systemd }: Sides): Measurement[] {
  const rows: Measurement[] = [measurement('lohar', FLOOR, lohar), measurement('systemd', FLOOR, systemd)];
  for (const beside of [BOOT, ...TOOLS, SOCKET, MEMORY]) rows.push(...besides(beside, { lohar, systemd }));
  for (const row of [TIMER, WAKEUPS]) rows.push(measurement('lohar', row, lohar), measurement('systemd', row, systemd));
  for (const beside of [...TOOLS, MEMORY]) {
    rows.push(measurement('systemd', beside, systemd, LOADED), ...unchanged(beside, lohar, LOADED));
  }
  return rows;
}

/** The parts are asked for in the first boot. */
async function askBoth(
  bench: Bench,
  images: { lohar: string; systemd: string; kernel: string; scratch: string },
  parts: string,
): Promise<Sides> {
  const lohar: Answers[] = [];
  const systemd: Answers[] = [];
  for (let boot = 0; boot < bench.rounds(BOOTS); boot++) {
    const first = boot === 0 ? parts : '';
    bench.note(`lohar, boot ${boot + 1}`);
    lohar.push(await askLohar(first, images.lohar));
    bench.note(`systemd, boot ${boot + 1}`);
    systemd.push(await askRealSystemd({ ...images, image: images.systemd }, first));
  }
  return { lohar: joinAnswers(lohar), systemd: joinAnswers(systemd) };
}

export const services: Group = {
  name: 'services',
  title: 'the service manager beside systemd',
  long: true,
  async measure(bench: Bench) {
    const signal = new AbortController().signal;
    const progress = { step: (label: string) => bench.note(label) };
    const scratch = mkdtempSync(join(tmpdir(), 'bhatti-beside-'));
    try {
      await buildServicesImage(progress, signal);
      const { kernel, path } = await new ImageCatalog(imagesDir, 'amd64').find(TIER);
      const image = await largeCopy(await systemdImage(scratch, progress, signal), scratch, signal);
      const plain = await askBoth(bench, { lohar: path, systemd: image, kernel, scratch }, PARTS);
      bench.note(`${MANY} units enabled`);
      const [lohar, systemd] = [
        withManyEnabled(path, join(scratch, 'lohar.ext4')),
        withManyEnabled(image, join(scratch, 'systemd.ext4')),
      ];
      const enabled = await askBoth(bench, { lohar, systemd, kernel, scratch }, '');
      return [...compare(plain), ...besides(BOOT_ENABLED, enabled)];
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
};
