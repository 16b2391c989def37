/** Runs systemctl against answers that are data. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Reply } from '../../control/protocol.ts';
import { type FakeOptions, runFake } from '../fake-program.test.ts';
import { systemctl } from './main.ts';

export type Answer = Exclude<Reply, { is: 'end' }>;

/** @returns `text`: stderr, stdout, and the exit code as `-> rc=N` */
export async function run(line: string, answers: readonly Answer[] = [], also: FakeOptions = {}) {
  const argv = line.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", '')) ?? [];
  const ran = await runFake(systemctl, ['systemctl', ...argv], { answer: () => answers, ...also });
  return { ...ran, text: `${ran.err}${ran.out}-> rc=${ran.code}` };
}

test('--version needs no manager', async () => {
  assert.match((await run('--version')).out, /^systemd 255 /);
});
