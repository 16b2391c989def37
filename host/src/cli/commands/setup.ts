import { BhattiError } from '@bhatti/wire/errors.ts';
import type { FindingReply } from '../client/replies.ts';
import type { Cli, MachineSetup, SetupStep } from '../context.ts';
import { ensureKey, ensureTier, examine, installedTiers } from '../setup/steps.ts';
import { undo } from '../setup/undo.ts';
import { print, printJson } from '../terminal/output.ts';
import { type Define, examples } from '../verb.ts';
import { printFinding } from './doctor.ts';

interface Options {
  readonly tier?: string;
  readonly remove?: boolean;
  readonly yes?: boolean;
}

export const define: Define = (command, act) => {
  command
    .option('--tier <name>', 'tier to install (BHATTI_TIER; default: it asks, minimal where it cannot)')
    .option('--remove', 'take away what setup made; asks before it destroys sandboxes')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      examples('sudo bhatti setup', 'sudo bhatti setup --tier docker', 'sudo bhatti setup --remove') +
        '\nA second run changes nothing: it goes on where the last one ended.\n',
    )
    .action(act(setup));
};

/** @throws BhattiError request.invalid | host.needs-root */
function refuseElsewhere(cli: Cli, { dataDir }: MachineSetup): void {
  if (cli.options.url ?? process.env.BHATTI_URL)
    throw new BhattiError('request.invalid', 'cannot set up a machine elsewhere: setup is for this one', {
      remedy: 'run it there, without --url and BHATTI_URL',
    });
  const named = cli.options.dataDir ?? process.env.BHATTI_DATA_DIR;
  if (named && named !== dataDir)
    throw new BhattiError('request.invalid', `cannot set up a server in ${named}: its folder is ${dataDir}`, {
      remedy: `leave --data-dir and BHATTI_DATA_DIR away; to have it on another disk, mount that at ${dataDir}`,
    });
  if (process.getuid?.() !== 0)
    throw new BhattiError('host.needs-root', 'cannot set up this machine: only root can', {
      remedy: 'sudo bhatti setup',
    });
}

/** Says each step as it is done, and keeps them. */
class Told {
  readonly steps: SetupStep[] = [];
  readonly #quiet: boolean;

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  readonly tell = ({ subject, changed, said }: SetupStep): void => {
    this.steps.push({ subject, changed, said });
    if (!this.#quiet) print(`${changed ? '+' : ' '} ${subject.padEnd(12)} ${said}`);
  };

  get changed(): boolean {
    return this.steps.some(({ changed }) => changed);
  }
}

async function setup(cli: Cli, options: Options): Promise<number> {
  const machine = await cli.around.machine();
  refuseElsewhere(cli, machine);
  const told = new Told(cli.json);
  if (options.remove === true) return remove(cli, machine, options, told);
  await machine.make(told.tell);
  const { key, ...step } = await ensureKey(cli, machine);
  told.tell(step);
  const findings = await checkHost(cli);
  const failed = findings.some(({ level }) => level === 'failure');
  if (!failed) await addTier(cli, options, told);
  if (cli.json) printJson({ changed: told.changed, steps: told.steps, findings, ...(key && { key }) });
  else for (const line of closing(told.changed, failed)) print(line);
  return failed ? 1 : 0;
}

/** No accelerator is tried before there is a kernel to boot. */
async function checkHost(cli: Cli): Promise<readonly FindingReply[]> {
  const bare = (await installedTiers(cli)).length === 0;
  const findings = (await examine(cli)).filter(({ subject }) => !(bare && subject === 'accelerator'));
  if (!cli.json) for (const finding of findings) printFinding(finding);
  return findings;
}

async function addTier(cli: Cli, options: Options, told: Told): Promise<void> {
  const bare = (await installedTiers(cli)).length === 0;
  told.tell(await ensureTier(cli, options.tier || process.env.BHATTI_TIER || undefined));
  if (!bare || cli.json) return;
  for (const finding of await examine(cli)) if (finding.subject === 'accelerator') printFinding(finding);
}

function closing(changed: boolean, failed: boolean): string[] {
  if (failed) return ['', 'Sandboxes cannot run here yet: mend what FAILURE says, then run this again.'];
  if (!changed) return ['', 'Nothing changed: this machine is set up.'];
  return [
    '',
    'This machine is a server. Try next:',
    '  sudo bhatti create dev && sudo bhatti shell dev',
    '  sudo usermod --append --groups bhatti NAME       lets NAME do so without sudo, after a new login',
    '  sudo bhatti update --tiers all                   installs the other tiers',
  ];
}

async function remove(cli: Cli, machine: MachineSetup, options: Options, told: Told): Promise<number> {
  const done = await undo(cli, machine, { yes: options.yes === true }, told.tell);
  if (cli.json) printJson({ changed: told.changed, steps: told.steps });
  else if (!done) print('Nothing changed: nothing was set up here.');
  return 0;
}
