/** Rate of the host's TSC, which is the guest's under emulation. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MEASURE_TIMEOUT_MS = 10_000;
/** Two measurements of one counter differ by less; templates of the host's last boot then fit. A clock runs as wrong unsteered. */
const SAME_RATE = 50e-6;

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}

/**
 * kHz, measured once a boot of the host; the rate of its last boot when it is about that, for templates are made for one.
 * Null when it cannot be measured, and the guest is left to calibrate (which goes wrong now and then: such a template is
 * refused by its clock source).
 */
export async function counterKhz(folder: string, keeper: string): Promise<number | null> {
  const file = join(folder, 'counter.json');
  const boot = await bootId();
  const known = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as { boot: string; khz: number })
    .catch(() => null); // not measured yet
  if (known?.boot === boot) return known.khz;
  try {
    const { stdout } = await run(keeper, ['tsc'], { timeout: MEASURE_TIMEOUT_MS });
    const measured = Number(stdout);
    if (!Number.isSafeInteger(measured) || measured <= 0) return null;
    const khz = known !== null && Math.abs(measured / known.khz - 1) < SAME_RATE ? known.khz : measured;
    await writeFile(file, JSON.stringify({ boot, khz }), { mode: 0o600 });
    return khz;
  } catch {
    return null;
  }
}
