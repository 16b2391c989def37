/** measure.py in a machine of the cases' tier, with lohar. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootMachine } from '../../tests/services/machine.ts';
import { type Answers, parseAnswers } from './answers.ts';

export const MEASURE_SCRIPT = join(import.meta.dirname, 'measure.py');
/** Room for a journal of 1 GiB, which may take a tenth of the file system. */
export const DISK_MIB = 12 * 1024;

export async function askLohar(parts: string, image: string): Promise<Answers> {
  const machine = await bootMachine({ diskMib: DISK_MIB, image });
  try {
    const script = readFileSync(MEASURE_SCRIPT, 'utf8');
    const { output, code } = await machine.run(
      `cat >/run/measure.py <<'END'\n${script}\nEND\npython3 /run/measure.py ${parts}`,
    );
    if (code !== 0) throw new Error(output);
    return parseAnswers(output);
  } finally {
    await machine.close();
  }
}
