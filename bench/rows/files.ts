import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { percentile } from '../../host/src/cli/bench/statistics.ts';
import type { Api } from '../daemon/api.ts';
import { type Bench, type Group, withSandbox } from '../group.ts';
import type { Measurement } from '../measure/measurement.ts';
import { time } from '../measure/timing.ts';
import { bareSerial } from '../yardstick/bare-serial.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const SIZES = [
  { label: '1 KiB', size: KIB, rounds: 50 },
  { label: '1 MiB', size: MIB, rounds: 20 },
  { label: '100 MiB', size: 100 * MIB, rounds: 5 },
];
const OF_BARE_MIN = 0.5;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const megabytesPerSecond = (size: number, ms: number): number => size / 1e6 / (ms / 1000);

/** @param into as large as the content: what dd's bytes are drained into is there before, too */
async function transfer(
  api: Api,
  sandbox: string,
  content: Buffer,
  into: Buffer,
): Promise<{ write: number; read: number }> {
  const path = `/v1/sandboxes/${sandbox}/files?path=/workspace/bench.bin`;
  const write = await time(() => api.send('PUT', path, Readable.from([content])));
  let back: Buffer = Buffer.alloc(0);
  const read = await time(async () => {
    back = await api.send('GET', path, undefined, undefined, into);
  });
  if (sha256(back) !== sha256(content)) throw new Error('a file came back with other bytes');
  return { write, read };
}

/** Rows of one size in ms; of the largest in MB/s beside the bare port, too. */
async function measureSize(bench: Bench, sandbox: string, { label, size, rounds }: (typeof SIZES)[number]) {
  const all: { write: number; read: number }[] = [];
  const content = randomBytes(size);
  const into = Buffer.alloc(size, 1);
  await transfer(bench.daemon.api, sandbox, content.subarray(0, MIB), into);
  for (let round = 0; round < bench.rounds(rounds); round++) {
    bench.note(`${label}, ${round + 1} of ${bench.rounds(rounds)}`);
    all.push(await transfer(bench.daemon.api, sandbox, content, into));
  }
  return { write: all.map((one) => one.write), read: all.map((one) => one.read), label, size };
}

export const files: Group = {
  name: 'files',
  title: 'file read and write beside the bare port',
  async measure(bench) {
    const measured = await withSandbox(bench, 'files', async (name) => {
      const rows: Awaited<ReturnType<typeof measureSize>>[] = [];
      for (const size of SIZES) rows.push(await measureSize(bench, name, size));
      return rows;
    });
    bench.note('dd over the bare port');
    const image = await bench.daemon.api.call<{ path: string; kernel: string }>('GET', '/v1/images/minimal');
    const bare = await bareSerial(image, bench.rounds(5));
    const rows: Measurement[] = measured.flatMap(({ label, write, read }) => [
      { name: `file write ${label}`, unit: 'ms', samples: write },
      { name: `file read ${label}`, unit: 'ms', samples: read },
    ]);
    const largest = measured.at(-1);
    if (largest === undefined) return rows;
    for (const way of ['write', 'read'] as const) {
      const file = bare[`${way}File`];
      const reference = percentile(file, 0.5);
      rows.push(
        { name: `dd over the bare port, ${way}, no file`, unit: 'MB/s', samples: bare[way] },
        { name: `dd over the bare port, ${way} of a file`, unit: 'MB/s', samples: file },
        {
          name: `file ${way} ${largest.label}`,
          unit: 'MB/s',
          samples: largest[way].map((ms) => megabytesPerSecond(largest.size, ms)),
          goal: { of: 'p50', limit: reference * OF_BARE_MIN, least: true, because: 'half of dd' },
        },
      );
    }
    return rows;
  },
};
