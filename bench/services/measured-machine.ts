/** measure.py in machines of the cases' tier. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootMachine } from '../../tests/services/machine.ts';
import { openSystemd } from '../../tests/services/systemd/open-systemd.ts';
import { type Answers, parseAnswers } from './answers.ts';

const SCRIPT = readFileSync(join(import.meta.dirname, 'measure.py'), 'utf8');
/** Room for a journal of 1 GiB, which may take a tenth of the file system. */
export const DISK_MIB = 12 * 1024;

/** One that was booted, and takes steps of measure.py. */
export interface Measured {
  /** @throws Error with what the script says when a step fails */
  steps(...names: string[]): Promise<Answers>;
  close(): Promise<void>;
}

interface Machine {
  run(script: string): Promise<{ code: number; output: string }>;
  close(): Promise<void>;
}

async function measured(machine: Machine): Promise<Measured> {
  await machine.run(`cat >/run/measure.py <<'END'\n${SCRIPT}\nEND`);
  return {
    async steps(...names) {
      const { output, code } = await machine.run(`python3 /run/measure.py ${names.join(' ')}`);
      if (code !== 0) throw new Error(output);
      return parseAnswers(output);
    },
    close: () => machine.close(),
  };
}

export const lohar = async (image: string): Promise<Measured> =>
  measured(await bootMachine({ diskMib: DISK_MIB, image }));

export const systemd = async (image: string, kernel: string): Promise<Measured> =>
  measured(await openSystemd({ image, kernel }));
