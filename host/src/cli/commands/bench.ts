import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { wholeNumber } from '../arguments.ts';
import { chart } from '../bench/chart.ts';
import { type Measured, measure } from '../bench/measure.ts';
import { cells, HEAD, OPERATIONS, rowsOf } from '../bench/rows.ts';
import { summarize } from '../bench/statistics.ts';
import type { FindingReply } from '../client/replies.ts';
import type { Cli } from '../context.ts';
import { cancelBySignal } from '../terminal/cancel.ts';
import { cpusText, mebibytesText, print, printJson, table } from '../terminal/output.ts';
import { progressView } from '../terminal/progress.ts';
import { type Define, examples } from '../verb.ts';

const ROUNDS_MAX = 1000;

interface Options {
  readonly image: string;
  readonly rounds: string;
  readonly svg?: string;
}

export const define: Define = (command, act) => {
  command
    .option('--image <image>', 'what is created', 'minimal')
    .option('--rounds <n>', 'how often each thing is measured; cold boots a third as often', '10')
    .option('--svg <file>', 'draw the distributions into a file')
    .addHelpText(
      'after',
      `${examples('bhatti bench', 'bhatti bench --rounds 30 --svg bench.svg', 'bhatti bench --json > bench.json')}\n` +
        'Times are a client\'s: from the request until the first command in the sandbox, "true", is answered.\n' +
        'The sandboxes it makes are gone afterwards, after Ctrl+C too.\n',
    )
    .action(act(bench));
};

/** What the times depend on; of a daemon elsewhere the client knows no machine. */
async function circumstances(cli: Cli, { accelerator, cpus: virtual, memoryMib }: Measured) {
  const { findings } = await cli.api.json<{ findings: FindingReply[] }>('GET', '/v1/doctor');
  const qemu = findings.find(({ subject }) => subject === 'qemu')?.found.split(' ')[0] ?? 'unknown';
  const here = cli.api.address.kind === 'unix';
  return {
    machine: here
      ? `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${mebibytesText(Math.floor(totalmem() / 2 ** 20))}`
      : null,
    linux: here ? release() : null,
    load: here ? Number((loadavg()[0] ?? 0).toFixed(2)) : null,
    accelerator,
    qemu,
    bhatti: cli.around.version,
    sandbox: `${cpusText(virtual)}, ${mebibytesText(memoryMib)}`,
  };
}

async function watched(cli: Cli, image: string, rounds: number): Promise<Measured> {
  using cancel = cancelBySignal();
  const view = await progressView();
  try {
    return await measure(cli.api, { image, rounds }, (label, fraction) => view.step(label, fraction), cancel.signal);
  } catch (error) {
    if (!cancel.signal.aborted) throw error;
    throw new BhattiError('operation.cancelled', 'cannot finish: it was cancelled, and its sandboxes are gone', {
      remedy: '',
      cause: error,
    });
  } finally {
    view.done();
  }
}

async function bench(cli: Cli, options: Options): Promise<void> {
  const rounds = wholeNumber(options.rounds, '--rounds');
  if (rounds < 1 || rounds > ROUNDS_MAX) {
    throw new BhattiError('request.invalid', `cannot measure ${rounds} rounds: it takes 1 to ${ROUNDS_MAX}`, {
      remedy: 'bhatti bench --rounds 30',
    });
  }
  const measured = await watched(cli, options.image, rounds);
  const rows = rowsOf(measured.samples);
  const about = await circumstances(cli, measured);
  const title = `${options.image}, ${about.sandbox}; ${about.accelerator}, QEMU ${about.qemu}, bhatti ${about.bhatti}`;
  const where =
    about.machine === null ? 'a daemon elsewhere' : `${about.machine}, Linux ${about.linux}, load ${about.load}`;
  if (options.svg !== undefined) writeFileSync(options.svg, chart(rows, title, where));
  if (cli.json) {
    const method = 'milliseconds from request to answer, nearest-rank percentiles';
    return printJson({
      ...about,
      image: options.image,
      method,
      rows: rows.map((row) => ({ name: OPERATIONS[row.operation], ...row, ...summarize(row.samples) })),
    });
  }
  print(title);
  print(where);
  print('');
  for (const line of table(
    HEAD,
    rows.map((row) => cells(row, rows)),
  ))
    print(line);
}
