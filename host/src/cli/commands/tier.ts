import { BhattiError } from '@bhatti/wire/errors.ts';
import type { ManifestReply, TierReply } from '../client/replies.ts';
import { watch } from '../client/watch.ts';
import type { Cli, ServeFlags } from '../context.ts';
import { OwnProgram } from '../smoke/own-program.ts';
import { runSmoke } from '../smoke/run-smoke.ts';
import { cancelBySignal } from '../terminal/cancel.ts';
import { mebibytesText, print, printJson, seconds, table } from '../terminal/output.ts';
import { progressView } from '../terminal/progress.ts';
import { type Define, examples } from '../verb.ts';

interface BuildOptions {
  readonly refresh?: boolean;
}

interface TestOptions {
  readonly cold?: boolean;
  readonly keep?: boolean;
}

export const define: Define = (command, act) => {
  command
    .command('list')
    .alias('ls')
    .description('list tiers that can be built')
    .addHelpText('after', examples('bhatti tier list'))
    .action(act(list));
  command
    .command('build')
    .argument('<tier...>', 'names, or all')
    .description('build images of tiers')
    .option('--refresh', 'take the packages that the mirror has now, although a layer is there')
    .addHelpText(
      'after',
      examples('bhatti tier build minimal', 'bhatti tier build all', 'bhatti tier build docker --refresh'),
    )
    .action(act(build));
  command
    .command('publish')
    .argument('<folder>', 'that a web server serves, or others see')
    .option('--images-dir <folder>', 'where images lie (BHATTI_IMAGES_DIR)')
    .description('make a release of the tiers built here, for bhatti update of other machines')
    .addHelpText('after', examples('bhatti tier publish /srv/bhatti', 'minisign -Sm /srv/bhatti/index.json'))
    .action(act(publish));
  command
    .command('test')
    .argument('<tier...>', 'names of built tiers')
    .description('prove that tiers do what they are for: a sandbox of each, its smoke test, and away with it')
    .option('--cold', 'boot from power-on instead of forking a template')
    .option('--keep', 'leave the sandbox there')
    .addHelpText('after', examples('bhatti tier test docker', 'bhatti tier test minimal browser --cold'))
    .action(act(test));
};

async function tiers(cli: Cli): Promise<TierReply[]> {
  return (await cli.api.json<{ tiers: TierReply[] }>('GET', '/v1/tiers')).tiers;
}

async function list(cli: Cli): Promise<void> {
  const all = await tiers(cli);
  if (cli.json) return printJson({ tiers: all });
  const rows = all.map((tier) => [tier.name, tier.built ? 'yes' : 'no', tier.base ?? '-', tier.description]);
  for (const line of table(['NAME', 'BUILT', 'BASE', 'DESCRIPTION'], rows)) print(line);
}

async function build(cli: Cli, options: BuildOptions, names: readonly string[]): Promise<void> {
  if (names.includes('all') && names.length > 1) {
    throw new BhattiError('request.invalid', 'cannot build all tiers and some', { remedy: 'bhatti tier build all' });
  }
  const wanted = names[0] === 'all' ? (await tiers(cli)).map(({ name }) => name) : names;
  for (const name of wanted) {
    const path = `/v1/tiers/${encodeURIComponent(name)}/build`;
    const { result, ms } = await watch<ManifestReply>(cli.api, 'POST', path, {
      body: { refresh: options.refresh },
    });
    if (cli.json) printJson(result);
    else {
      const used = mebibytesText(Math.ceil((result.usedBytes ?? 0) / (1024 * 1024)));
      print(`tier/${name} built (${used}, kernel ${result.kernel?.version ?? '-'}) in ${seconds(ms)}`);
    }
  }
}

async function publish(cli: Cli, options: ServeFlags, folder: string): Promise<void> {
  const view = await progressView();
  using stop = cancelBySignal();
  const progress = { step: (label: string, fraction?: number) => view.step(label, fraction) };
  try {
    const names = await cli.around.publish(options, folder, progress, stop.signal);
    if (cli.json) printJson({ tiers: names });
    else print(`${names.map((name) => `tier/${name}`).join(' ')} published in ${folder}`);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new BhattiError('operation.cancelled', `cannot publish in ${folder}: it was cancelled`, {
      remedy: 'the same command goes on with what is packed',
      cause: error,
    });
  } finally {
    view.done();
  }
}

async function test(cli: Cli, options: TestOptions, names: readonly string[]): Promise<number> {
  const { url, token, dataDir } = cli.options;
  const daemon = Object.entries({ '--url': url, '--token': token, '--data-dir': dataDir });
  const flags = daemon.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  const program = new OwnProgram(cli.around.argv, flags);
  const also = { cold: options.cold ?? false, keep: options.keep ?? false };
  let failed = 0;
  for (const name of names) if (!(await runSmoke(program, cli.around.tiersDir, name, also))) failed += 1;
  return failed === 0 ? 0 : 1;
}
