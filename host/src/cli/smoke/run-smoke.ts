/** Makes a sandbox of a tier, runs the tier's smoke test, and takes the sandbox away. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { print, seconds } from '../terminal/output.ts';
import type { OwnProgram } from './own-program.ts';
import { Smoke, type SmokeTest } from './smoke.ts';

/** @throws BhattiError tier.not-found when the tier has none */
async function loadTest(tiersDir: string, tier: string): Promise<SmokeTest> {
  // A package has it as JavaScript.
  const path = ['ts', 'js'].map((type) => join(tiersDir, tier, `smoke.${type}`)).find(existsSync);
  if (path === undefined)
    throw new BhattiError('tier.not-found', `cannot test ${tier}: it has no smoke test`, {
      remedy: `write ${join(tiersDir, tier, 'smoke.ts')}: docs/adding-a-tier.md`,
    });
  return (await import(path)).default as SmokeTest;
}

/** @returns true when all was well */
export async function runSmoke(
  program: OwnProgram,
  tiersDir: string,
  tier: string,
  also: { readonly cold: boolean; readonly keep: boolean },
): Promise<boolean> {
  const test = await loadTest(tiersDir, tier);
  const name = `smoke-${tier}-${randomBytes(3).toString('hex')}`;
  const begun = performance.now();
  const made = await program.run('create', name, '--image', tier, ...(also.cold ? ['--cold'] : []));
  if (made.code !== 0) {
    print(`FAIL  create ${name}\n${made.stderr}`);
    return false;
  }
  print(made.stdout.toString().trimEnd());
  const smoke = new Smoke(program, name);
  try {
    await test(smoke);
  } finally {
    smoke.close();
    if (!also.keep) await program.run('destroy', name);
  }
  const count = smoke.failures.length;
  const took = seconds(performance.now() - begun);
  print(count === 0 ? `tier/${tier} works (${took})` : `tier/${tier}: ${count} failed: ${smoke.failures.join('; ')}`);
  return count === 0;
}
