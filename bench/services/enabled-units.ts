/** A copy of an image in which multi-user.target wants many units more; written with debugfs(8), so that nothing is mounted. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '@bhatti/host/builder/program.ts';

const UNITS = '/etc/systemd/system';
const WANTS = 'multi-user.target.wants';
const TEXT = '[Unit]\nDescription=One of many\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n';

/** @returns the copy, in the empty or shared folder `scratch` under `name` */
export async function withEnabledUnits(
  image: string,
  count: number,
  at: { scratch: string; name: string; signal: AbortSignal },
): Promise<string> {
  const copy = join(at.scratch, `${at.name}.ext4`);
  execFileSync('cp', ['--sparse=always', '--no-preserve=mode', image, copy]);
  const unit = join(at.scratch, 'unit');
  writeFileSync(unit, TEXT);
  const names = Array.from({ length: count }, (_, n) => `t-enabled${n}.service`);
  const commands = [
    `cd ${UNITS}`,
    ...names.map((name) => `write ${unit} ${name}`),
    `cd ${WANTS}`,
    ...names.map((name) => `symlink ${name} ../${name}`),
  ];
  const script = join(at.scratch, 'commands');
  writeFileSync(script, `${commands.join('\n')}\n`);
  await runProgram('debugfs', ['-w', '-f', script, copy], { signal: at.signal });
  return copy;
}
