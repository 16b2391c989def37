/** The accelerator that is used, remembered as long as nothing changed that could change the answer. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import type { Accelerator } from '../../ports/engine.ts';
import type { QemuProgram } from '../qemu/program.ts';
import { probeAccelerators, type Trial } from './probe.ts';

export interface Choice {
  readonly accelerator: Accelerator;
  readonly trials: readonly Trial[];
}

interface Remembered extends Choice {
  readonly basis: string;
}

/** QEMU, the host's kernel, and whether there is a /dev/kvm and whose. */
async function basisOf(qemu: QemuProgram): Promise<string> {
  const kvm = await stat('/dev/kvm').then(
    ({ rdev, mode, uid, gid }) => [rdev, mode, uid, gid].join(':'),
    () => 'none',
  );
  return [qemu.identity, qemu.version, release(), kvm, process.getuid?.() ?? ''].join(' ');
}

async function remembered(file: string, basis: string): Promise<Choice | null> {
  try {
    const known = JSON.parse(await readFile(file, 'utf8')) as Remembered;
    return known.basis === basis ? known : null;
  } catch {
    return null;
  }
}

/**
 * @param also `afresh`: probe although an answer is remembered
 * @throws BhattiError engine.failed when no accelerator boots anything
 */
export async function chooseAccelerator(
  folder: string,
  qemu: QemuProgram,
  kernel: string,
  also: { afresh: boolean },
): Promise<Choice> {
  const file = join(folder, 'accelerator.json');
  const basis = await basisOf(qemu);
  const known = also.afresh ? null : await remembered(file, basis);
  if (known !== null) return known;
  const trials = await probeAccelerators(qemu.path, kernel);
  const accelerator = trials.find(({ works }) => works)?.accelerator;
  if (accelerator === undefined) {
    const why = trials.map((trial) => `${trial.accelerator}: ${trial.why}`).join('; ');
    throw new BhattiError('engine.failed', `cannot run any VM here: ${why}`, { remedy: 'bhatti doctor' });
  }
  const choice: Remembered = { accelerator, trials, basis };
  await writeFile(file, JSON.stringify(choice), { mode: 0o600 });
  return choice;
}
