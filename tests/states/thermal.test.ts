/** A sandbox that nobody uses is set aside by itself, and one that has work is not. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Lab, openLab, outcome } from '../cli/lab.ts';
import { until } from '../until.ts';

let lab: Lab;

before(async () => {
  lab = openLab();
  await lab.ok('create', 'dev', '--idle-warm', '1s');
});
after(() => lab.close());

interface Shown {
  readonly state: string;
  readonly thermal: { readonly hotBecause?: string; readonly timerDueAt?: string };
  readonly wake?: { readonly sleptMs: number };
}
const shown = async (name: string): Promise<Shown> => JSON.parse(await lab.ok('inspect', name, '--json'));
const isWarm = async (): Promise<boolean> => (await shown('dev')).state === 'warm';
const exec = (script: string): Promise<string> => lab.ok('exec', 'dev', '-u', 'root', '--', 'sh', '-c', script);

test('idle it gets warm, two commands at once wake it once, and it gets warm again', async () => {
  await until('it is warm', isWarm);
  assert.match(await lab.ok('list'), /^dev +warm/m);
  const both = await Promise.all([exec('echo one'), exec('echo two')]);
  assert.deepEqual(both, ['one\n', 'two\n']);
  assert.equal((await shown('dev')).state, 'running');
  await until('it is warm again', isWarm);
});

test('a command that somebody waits for, and a program that computes, keep it hot', async () => {
  const client = lab.begin(['exec', 'dev', '--', 'sleep', '3']);
  const ended = outcome(client);
  await until('the stream is seen', async () => (await shown('dev')).thermal.hotBecause === '1 open stream');
  assert.equal((await ended).code, 0);
  await exec('systemd-run --unit=busy sh -c "while :; do :; done"');
  await until('the work is seen', async () => /of a processor/.test((await shown('dev')).thermal.hotBecause ?? ''));
  assert.match(await lab.ok('inspect', 'dev'), /^Idle: +warm after 1\.0 s .*now hot: its programs use \d+ %/m);
  await exec('systemctl stop busy');
  await until('it is warm', isWarm);
});

test('a timer that comes due while it is warm fires once at wake', async () => {
  await exec('systemd-run --on-active=3 --unit=late sh -c "echo fired >>/run/fired"');
  await until('it is warm', isWarm);
  const from = Date.now();
  await until('it would have come due', () => Date.now() - from > 3000);
  assert.equal((await shown('dev')).state, 'warm');
  await exec('true');
  await until('it has fired', async () => (await exec('cat /run/fired 2>/dev/null || true')) !== '');
  assert.equal(await exec('sleep 1; cat /run/fired'), 'fired\n');
});

test('warm for long enough it gets cold by itself, and goes on at the next request', async () => {
  await exec('echo kept >/dev/shm/file');
  await lab.ok('edit', 'dev', '--idle-cold', '1s');
  await until('it is cold', async () => (await shown('dev')).state === 'cold');
  assert.match(await lab.ok('list'), /^dev +cold/m);
  await lab.ok('edit', 'dev', '--idle-cold', 'never');
  assert.equal((await shown('dev')).state, 'cold', 'nobody asked it for anything');
  assert.equal(await exec('cat /dev/shm/file'), 'kept\n');
});

test('one that asked for it is woken when its timer comes due', async () => {
  await lab.ok('edit', 'dev', '--wake-for-timers');
  await exec('systemd-run --on-active=15 --unit=alarm sh -c "date +%s >/run/alarm; sleep 100"');
  await until('it is warm', isWarm);
  const { timerDueAt = '' } = (await shown('dev')).thermal;
  await until('it was woken', async () => !(await isWarm()));
  assert.ok(Math.abs(Date.now() - Date.parse(timerDueAt)) < 1500);
  await until('it has fired', async () => (await exec('cat /run/alarm 2>/dev/null || true')) !== '');
});

test('a shell at its prompt gets warm, one with a program in it does not', async () => {
  await lab.ok('edit', 'dev', '--no-wake-for-timers');
  await exec('systemctl stop alarm');
  const hot = async (): Promise<string> => (await shown('dev')).thermal.hotBecause ?? '';
  const shell = lab.begin(['exec', 'dev', '-t', '--session', 'work', '--', '/bin/sh', '-i'], { input: 'sleep 1000\n' });
  const gone = outcome(shell);
  await until('the program is seen', async () => (await hot()) === '1 program in a session');
  await exec('pkill -f "^sleep 1000"');
  await until('it is warm', isWarm);
  shell.kill('SIGKILL');
  await gone;
});
