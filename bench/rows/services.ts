/**
 * The service manager beside real systemd: machines of one shape that all run, asked in turns, so that whatever the host
 * does besides slows each of them alike.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '@bhatti/host/builder/program.ts';
import { ImageCatalog } from '@bhatti/host/images/catalog.ts';
import { enableInImage } from '../../tests/services/enable-in-image.ts';
import { buildServicesImage, imagesDir, TIER } from '../../tests/services/image.ts';
import { systemdImage } from '../../tests/services/systemd/image.ts';
import type { Bench, Group } from '../group.ts';
import { inTurns, type Measurement, type Unit } from '../measure/measurement.ts';
import { type Answers, joinAnswers } from '../services/answers.ts';
import { DISK_MIB, lohar, type Measured, systemd } from '../services/measured-machine.ts';

/** Each of a disk that never ran. */
const BOOTS = 3;
const TOOL_ROUNDS = 30;
const TRIGGER_ROUNDS = 10;
/** Units that are loaded, or enabled, for more rows. */
const MANY = 300;
/** "Not changed" by them. */
const SAME = 1.2;
const LOADED = ` with ${MANY} units`;

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

interface Images {
  readonly lohar: string;
  readonly systemd: string;
  readonly kernel: string;
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

function measurement(who: string, { row, title }: Pick<Beside, 'row' | 'title'>, answers: Answers): Measurement {
  const [unit, per] = UNITS[row] ?? MILLISECONDS;
  return { name: `${title}, ${who}`, unit, samples: (answers.get(row) ?? []).map((value) => value / per) };
}

/** Both, and lohar of systemd. */
function besides(beside: Beside, mine: Answers, theirs: Answers): Measurement[] {
  const [ours, systemds] = [measurement('lohar', beside, mine), measurement('systemd', beside, theirs)];
  const goal = beside.limit === undefined ? undefined : { limit: beside.limit };
  return [ours, systemds, inTurns(`${beside.title}, of systemd's`, ours, systemds, goal)];
}

/** What lohar takes with many units, beside a lohar without. */
function unchanged(beside: Beside, loaded: Answers, plain: Answers): Measurement[] {
  const now = measurement(`lohar${LOADED}`, beside, loaded);
  return [now, inTurns(`${beside.title}${LOADED}, of without`, now, measurement('', beside, plain), { limit: SAME })];
}

type Machines<T> = Readonly<Record<'plain' | 'loaded' | 'systemd', T>>;

/** The same steps in each, one after the other. */
async function inEach(machines: Machines<Measured>, steps: readonly string[], rounds = 1): Promise<Machines<Answers>> {
  const said = { plain: [] as Answers[], loaded: [] as Answers[], systemd: [] as Answers[] };
  for (let round = 0; round < rounds; round++)
    for (const who of ['plain', 'systemd', 'loaded'] as const) said[who].push(await machines[who].steps(...steps));
  return { plain: joinAnswers(said.plain), loaded: joinAnswers(said.loaded), systemd: joinAnswers(said.systemd) };
}

async function askRunning(bench: Bench, machines: Machines<Measured>): Promise<Measurement[]> {
  await inEach(machines, ['prepare', 'make-triggers']);
  await machines.loaded.steps('load');
  const memory = await inEach(machines, ['memory']);
  bench.note('commands in turns');
  const tools = await inEach(machines, ['tools'], bench.rounds(TOOL_ROUNDS));
  bench.note('sockets and timers in turns');
  const triggers = await inEach(machines, ['triggers'], bench.rounds(TRIGGER_ROUNDS));
  const idle = await inEach(machines, ['wakeups']);
  return [
    ...[measurement('lohar', FLOOR, tools.plain), measurement('systemd', FLOOR, tools.systemd)],
    ...TOOLS.flatMap((tool) => besides(tool, tools.plain, tools.systemd)),
    ...besides(SOCKET, triggers.plain, triggers.systemd),
    ...besides(MEMORY, memory.plain, memory.systemd),
    ...[measurement('lohar', TIMER, triggers.plain), measurement('systemd', TIMER, triggers.systemd)],
    ...[measurement('lohar', WAKEUPS, idle.plain), measurement('systemd', WAKEUPS, idle.systemd)],
    ...TOOLS.flatMap((tool) => unchanged(tool, tools.loaded, tools.plain)),
    ...unchanged(MEMORY, memory.loaded, memory.plain),
  ];
}

async function boots(bench: Bench, images: Images, row: Beside): Promise<Measurement[]> {
  const [mine, theirs]: [Answers[], Answers[]] = [[], []];
  for (let boot = 0; boot < bench.rounds(BOOTS); boot++) {
    bench.note(`${row.title}, ${boot + 1}`);
    mine.push(await bootOnce(await lohar(images.lohar)));
    theirs.push(await bootOnce(await systemd(images.systemd, images.kernel)));
  }
  return besides(row, joinAnswers(mine), joinAnswers(theirs));
}

const bootOnce = (machine: Measured): Promise<Answers> => machine.steps('boot').finally(() => machine.close());

async function running(bench: Bench, images: Images): Promise<Measurement[]> {
  const open: Measured[] = [];
  const opened = async (machine: Promise<Measured>): Promise<Measured> => {
    open.push(await machine);
    return machine;
  };
  try {
    bench.note('three machines');
    return await askRunning(bench, {
      plain: await opened(lohar(images.lohar)),
      loaded: await opened(lohar(images.lohar)),
      systemd: await opened(systemd(images.systemd, images.kernel)),
    });
  } finally {
    for (const machine of open) await machine.close();
  }
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
      const images = { lohar: path, systemd: image, kernel };
      const enabled = {
        lohar: withManyEnabled(path, join(scratch, 'lohar.ext4')),
        systemd: withManyEnabled(image, join(scratch, 'systemd.ext4')),
        kernel,
      };
      return [
        ...(await boots(bench, images, BOOT)),
        ...(await running(bench, images)),
        ...(await boots(bench, enabled, BOOT_ENABLED)),
      ];
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
};
