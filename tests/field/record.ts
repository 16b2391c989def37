/** node tests/field/record.ts PACKAGE...: asks real systemd what a package does there, and keeps it in tests/field/recorded/. */
import { writeFileSync } from 'node:fs';
import { observe } from './observe/observe.ts';
import { recordingPath } from './recording.ts';
import { withSystemd } from './systemd.ts';

for (const name of process.argv.slice(2)) {
  const from = performance.now();
  const recording = await withSystemd(name, (run) => observe(run, name));
  writeFileSync(recordingPath(name), `${JSON.stringify(recording, null, 1)}\n`);
  console.log(`${name}: apt ended with ${recording.install.rc}, ${Math.round((performance.now() - from) / 1000)} s`);
}
