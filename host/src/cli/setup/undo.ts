/** `bhatti setup --remove`: sandboxes first, and not without a yes. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { sandboxPath } from '../client/api.ts';
import type { ImageReply, SandboxReply } from '../client/replies.ts';
import type { Cli, MachineSetup, SetupStep } from '../context.ts';
import { ask, isInteractive } from '../terminal/ask.ts';
import { KEY_NAME } from './steps.ts';

/** What goes with the data folder and cannot be fetched again. */
export interface Precious {
  readonly sandboxes: readonly string[];
  readonly images: readonly string[];
}

/** 'destroy the sandboxes a, b and delete the image c'; null when nothing of it is there */
export function whatGoes({ sandboxes, images }: Precious): string | null {
  const part = (verb: string, one: string, many: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${verb} the ${names.length === 1 ? one : many} ${names.join(', ')}`];
  const all = [...part('destroy', 'sandbox', 'sandboxes', sandboxes), ...part('delete', 'image', 'images', images)];
  return all.join(' and ') || null;
}

async function lookAround(cli: Cli, dataDir: string): Promise<Precious> {
  try {
    const { sandboxes } = await cli.api.json<{ sandboxes: SandboxReply[] }>('GET', '/v1/sandboxes');
    const { images } = await cli.api.json<{ images: ImageReply[] }>('GET', '/v1/images');
    const own = images.filter(({ manifest }) => manifest?.recipeHash === undefined);
    return { sandboxes: sandboxes.map(({ name }) => name), images: own.map(({ name }) => name) };
  } catch (error) {
    if (!(error instanceof BhattiError) || error.code !== 'daemon.unreachable') throw error;
    if (machinesIn(dataDir) === 0) return { sandboxes: [], images: [] };
    throw new BhattiError(
      'host.setup-failed',
      `cannot remove ${dataDir}: there are sandboxes, and no daemon to end them`,
      {
        remedy: error.remedy,
        cause: error,
      },
    );
  }
}

function machinesIn(dataDir: string): number {
  try {
    return readdirSync(join(dataDir, 'engine/vms')).length;
  } catch {
    return 0; // none was ever made
  }
}

/** @throws BhattiError operation.cancelled when the answer is no; request.invalid when nobody can be asked */
async function consent(precious: Precious, yes: boolean): Promise<void> {
  const what = whatGoes(precious);
  if (what === null || yes) return;
  if (!isInteractive())
    throw new BhattiError('request.invalid', `cannot ${what}: nobody is there to be asked`, {
      remedy: 'sudo bhatti setup --remove --yes',
    });
  const answer = await ask(`This will ${what}. Go on? [y/N] `);
  if (/^y(es)?$/i.test(answer ?? '')) return;
  throw new BhattiError('operation.cancelled', `cannot ${what}: the answer was no`, { remedy: '' });
}

/** @returns false when nothing was set up here */
export async function undo(
  cli: Cli,
  machine: MachineSetup,
  options: { readonly yes: boolean },
  tell: (step: SetupStep) => void,
): Promise<boolean> {
  const record = machine.record();
  if (record === null) return false;
  if (record.made.includes('folder')) {
    const precious = await lookAround(cli, machine.dataDir);
    await consent(precious, options.yes);
    for (const name of precious.sandboxes) {
      await cli.api.json('DELETE', sandboxPath(name));
      tell({ subject: 'sandbox', changed: true, said: `${name} destroyed` });
    }
    await cli.api.json('POST', '/v1/prune').catch(ifReachable);
  } else if (record.made.includes('key')) {
    await cli.api.json('DELETE', `/v1/keys/${KEY_NAME}`).catch(ifReachable);
  }
  machine.remove(tell);
  return true;
}

/** A daemon that does not answer keeps nothing from being taken away; nor does a key that somebody deleted. */
function ifReachable(error: unknown): void {
  const passing = ['daemon.unreachable', 'key.not-found'];
  if (!(error instanceof BhattiError) || !passing.includes(error.code)) throw error;
}
