import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Bench, type Group, withSandbox } from '../group.ts';
import { inTurns, type Measurement } from '../measure/measurement.ts';
import { time } from '../measure/timing.ts';
import { type BareRates, type BareSerial, startBareSerial } from '../yardstick/bare-serial.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const SMALL = [
  { label: '1 KiB', size: KIB, rounds: 50 },
  { label: '1 MiB', size: MIB, rounds: 20 },
];
const LARGE = { label: '100 MiB', size: 100 * MIB, rounds: 7 };
const OF_BARE_MIN = 0.5;

const megabytesPerSecond = (size: number, ms: number): number => size / 1e6 / (ms / 1000);

const PATH = 'files?path=/workspace/bench.bin';

interface Times {
  readonly write: number;
  readonly read: number;
}

/** What is read is thrown away, as dd's is; the last is read once more and compared. */
async function measureSize(
  bench: Bench,
  sandbox: string,
  { label, size, rounds }: (typeof SMALL)[number],
  before: () => Promise<void> = async () => {},
): Promise<Times[]> {
  const all: Times[] = [];
  const { api } = bench.daemon;
  const path = `/v1/sandboxes/${sandbox}/${PATH}`;
  const content = randomBytes(size);
  const transfer = async (bytes: Buffer): Promise<Times> => ({
    write: await time(() => api.send('PUT', path, Readable.from([bytes]))),
    read: await time(async () => {
      if ((await api.drain(path)) !== bytes.length) throw new Error('a file came back with another size');
    }),
  });
  await transfer(content.subarray(0, MIB));
  for (let round = 0; round < bench.rounds(rounds); round++) {
    bench.note(`${label}, ${round + 1} of ${bench.rounds(rounds)}`);
    await before();
    all.push(await transfer(content));
  }
  const back = await api.send('GET', path);
  if (!back.equals(content)) throw new Error('a file came back with other bytes');
  return all;
}

const inMs = (label: string, times: readonly Times[]): Measurement[] => [
  { name: `file write ${label}`, unit: 'ms', samples: times.map(({ write }) => write) },
  { name: `file read ${label}`, unit: 'ms', samples: times.map(({ read }) => read) },
];

/** Of each round what bhatti moves of what dd moved a moment before: the machine's pace changes in a minute. */
function besideBare(times: readonly Times[], bare: readonly BareRates[]): Measurement[] {
  return (['write', 'read'] as const).flatMap((way): Measurement[] => {
    const row = (name: string, samples: readonly number[]): Measurement => ({ name, unit: 'MB/s', samples });
    const file = row(
      `dd over the bare port, ${way} of a file`,
      bare.map((round) => round[`${way}File`]),
    );
    const ours = row(
      `file ${way} ${LARGE.label}`,
      times.map((round) => megabytesPerSecond(LARGE.size, round[way])),
    );
    const noFile = row(
      `dd over the bare port, ${way}, no file`,
      bare.map((round) => round[way]),
    );
    return [noFile, file, ours, inTurns(`${ours.name} beside dd`, ours, file, { limit: OF_BARE_MIN, least: true })];
  });
}

async function measureLarge(bench: Bench, sandbox: string, serial: BareSerial): Promise<Measurement[]> {
  const bare: BareRates[] = [];
  const times = await measureSize(bench, sandbox, LARGE, async () => {
    bare.push(await serial.round());
  });
  return [...inMs(LARGE.label, times), ...besideBare(times, bare)];
}

export const files: Group = {
  name: 'files',
  title: 'file read and write beside the bare port',
  async measure(bench) {
    const image = await bench.daemon.api.call<{ path: string; kernel: string }>('GET', '/v1/images/minimal');
    return withSandbox(bench, 'files', async (name) => {
      const rows: Measurement[] = [];
      for (const size of SMALL) rows.push(...inMs(size.label, await measureSize(bench, name, size)));
      const serial = await startBareSerial(image);
      try {
        return [...rows, ...(await measureLarge(bench, name, serial))];
      } finally {
        await serial.close();
      }
    });
  },
};
