/** A sandbox that stands still with its memory kept, and is woken by whatever is asked of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { type Lab, openLab, outcome } from '../cli/lab.ts';
import { until } from '../until.ts';

const CLOCK_TOLERANCE_MS = 50;
let lab: Lab;

before(async () => {
  lab = openLab();
  await lab.ok('create', 'dev', '--init', 'while :; do echo x >>/tmp/counter; sleep 0.05; done');
});
after(() => lab.close());

interface Shown {
  readonly state: string;
  readonly pid: number;
  readonly wake: { from: string; sleptMs: number; steps: { name: string; ok: boolean }[] };
}
const shown = async (): Promise<Shown> => JSON.parse(await lab.ok('inspect', 'dev', '--json'));
const exec = (script: string): Promise<string> => lab.ok('exec', 'dev', '--', 'sh', '-c', script);

/** Processor time of QEMU in ticks: proc(5). */
function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** What is tested is that nothing happens meanwhile. */
async function standsStill(ms: number): Promise<void> {
  const from = Date.now();
  await until('time has passed', () => Date.now() - from > ms);
}

test('paused it stands still, resumed it goes on and knows what time it is', async () => {
  assert.equal(await lab.ok('pause', 'dev'), 'sandbox/dev paused\n');
  assert.match(await lab.ok('list'), /^dev +warm/m);
  const { pid } = await shown();
  const before = ticksOf(pid);
  await standsStill(1000);
  assert.ok(ticksOf(pid) - before <= 2);
  assert.equal(await lab.ok('resume', 'dev'), 'sandbox/dev resumed\n');
  const from = Date.now();
  const now = Number(await exec('date +%s%3N'));
  assert.ok(now >= from - CLOCK_TOLERANCE_MS && now <= Date.now() + CLOCK_TOLERANCE_MS, `${now - from} ms`);
  const { state, wake } = await shown();
  assert.deepEqual(
    [state, wake.from, wake.steps.map(({ name, ok }) => `${name} ${ok}`)],
    ['running', 'warm', ['random seed true', 'clock true', 'timers true']],
  );
  assert.ok(wake.sleptMs >= 1000);
  assert.match(await lab.ok('inspect', 'dev'), /^Woke: +from warm after 1\.\d s in 0\.\d s/m);
});

test('whatever is asked wakes it: a command, files, a signal to what ran before', async () => {
  await lab.ok('pause', 'dev');
  assert.equal(await exec('echo awake'), 'awake\n');
  await lab.ok('pause', 'dev');
  assert.equal(await lab.ok('file', 'read', 'dev', '/etc/hostname'), 'dev\n');
  const client = lab.begin(['exec', 'dev', '--', 'sleep', '1001']);
  const ended = outcome(client);
  await until('it runs', async () => (await exec('pgrep -f "[s]leep 1001" || true')) !== '');
  await lab.ok('pause', 'dev');
  client.kill('SIGTERM');
  await ended;
  await until('the signal woke it', async () => (await shown()).state === 'running');
  await lab.ok('pause', 'dev');
  const all = await Promise.all(Array.from({ length: 10 }, (_, n) => exec(`echo ${n}`)));
  assert.equal(all.join(''), '0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n');
});

test('a timer unit that became due meanwhile fires when it is woken', async () => {
  await lab.ok('exec', 'dev', '-u', 'root', '--', 'systemd-run', '--on-active=3', 'touch', '/run/fired');
  await lab.ok('pause', 'dev');
  await standsStill(3500);
  await lab.ok('resume', 'dev');
  const from = Date.now();
  await until('it has fired', async () => (await exec('ls /run/fired 2>/dev/null || true')) !== '');
  assert.ok(Date.now() - from < 2500, `${Date.now() - from} ms`);
});

test('the next daemon finds it as it is', async () => {
  await lab.ok('pause', 'dev');
  const before = await shown();
  await lab.endDaemon('SIGKILL');
  const after = await shown();
  assert.deepEqual([after.state, after.pid], ['warm', before.pid]);
  assert.equal(await exec('hostname'), 'dev\n');
});

test('a QEMU that dies while it is paused is a crash that is shown', async () => {
  await lab.ok('pause', 'dev');
  process.kill((await shown()).pid, 'SIGKILL');
  await until('it has crashed', async () => (await shown()).state === 'crashed');
  await lab.ok('start', 'dev');
});
