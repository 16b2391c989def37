/** Rate of the host's TSC, which is the guest's under emulation. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MEASURE_TIMEOUT_MS = 10_000;

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}

/**
 * kHz, measured once a boot of the host, for templates are made for one rate; null when it cannot be measured, and the
 * guest is left to calibrate (which goes wrong now and then: such a template is refused by its clock source).
 */
export async function counterKhz(folder: string, keeper: string): Promise<number | null> {
  const file = join(folder, 'counter.json');
  const boot = await bootId();
  try {
    const known = JSON.parse(await readFile(file, 'utf8')) as { boot: string; khz: number };
    if (known.boot === boot) return known.khz;
  } catch {
    // not measured yet
  }
  try {
    const { stdout } = await run(keeper, ['tsc'], { timeout: MEASURE_TIMEOUT_MS });
    const khz = Number(stdout);
    if (!Number.isSafeInteger(khz) || khz <= 0) return null;
    await writeFile(file, JSON.stringify({ boot, khz }), { mode: 0o600 });
    return khz;
  } catch {
    return null;
  }
}
