/**
 * node tests/field/run.ts PACKAGE...: tries packages in sandboxes and shows where they did otherwise than under real systemd.
 * Ends with 1 when one did, or could not be tried.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from './compare.ts';
import { observe } from './observe/observe.ts';
import { recordingOf } from './recording.ts';
import { withSandbox } from './sandbox.ts';

const SEEN = join(import.meta.dirname, '../../build/field');

/** @returns what there is to say about it; nothing when it did as it was recorded */
async function tried(name: string): Promise<string[]> {
  const recording = recordingOf(name);
  if (recording === undefined) return ['real systemd was not asked about it: node tests/field/record.ts'];
  const seen = await withSandbox([name], ({ run }) => observe(run, name));
  mkdirSync(SEEN, { recursive: true });
  writeFileSync(join(SEEN, `${name}.json`), `${JSON.stringify(seen, null, 1)}\n`);
  return differences(recording, seen).map(
    ({ about, systemd, lohar }) => `${about}\n  systemd: ${systemd}\n  lohar:   ${lohar}`,
  );
}

for (const name of process.argv.slice(2)) {
  const found = await tried(name).catch((error: Error) => [`not tried: ${error.message}`]);
  if (found.length > 0) process.exitCode = 1;
  console.log(`${name}: ${found.length === 0 ? 'as systemd' : found.join('\n')}`);
}
