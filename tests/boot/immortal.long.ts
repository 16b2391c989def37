/**
 * PID 1 crashes 200 times at random instants while services start, stop, log and restart and execs run: nothing is lost
 * or doubled. IMMORTAL_CRASHES=n makes it shorter, FUZZ_SEED=n replays the choices.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { SeededRandom } from '@bhatti/wire/seeded-random.ts';
import { exitOf, labMachine, textOf } from '../engine/lab.ts';
import { until } from '../until.ts';

const ID = 'immortal';
const CRASHES = Number(process.env.IMMORTAL_CRASHES ?? 200);
const random = new SeededRandom(Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32)));
const BACK_MS = 90_000;
const STABLE = [1, 2, 3, 4, 5];
const FLAPPING = [1, 2, 3];

const UNITS: Readonly<Record<string, string>> = {
  'stable@.service': '[Service]\nExecStart=/bin/sleep infinity\n',
  'flap@.service':
    "[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sh -c 'echo x >>/run/flap.%i; [ -e /run/enough ] && echo stays >/run/stays.%i && exec sleep infinity; sleep 0.%i'\nRestart=always\nRestartSec=150ms\n",
  'tick.service':
    "[Service]\nExecStart=/bin/sh -c 'i=0; until [ -e /run/enough ]; do i=$((i+1)); echo line $i; echo $i >/run/ticks; sleep 0.1; done; exec sleep infinity'\n",
  'toggle.service': '[Service]\nExecStartPre=/bin/true\nExecStart=/bin/sleep 98765\nExecStop=/bin/true\n',
};
/** Runs beside: a service is started and stopped without end, and a program logs. */
const BESIDE = [
  'until [ -e /run/enough ]; do systemctl start toggle; sleep 0.2; systemctl stop toggle; done',
  'i=0; until [ -e /run/enough ]; do i=$((i+1)); logger -t burst "burst $i" && echo $i >/run/bursts; sleep 0.3; done',
];

const NAMES = [...STABLE.map((n) => `stable@${n}`), ...FLAPPING.map((n) => `flap@${n}`), 'tick'];
const inBackground = BESIDE.map((script) => `setsid sh -c '${script}' >/dev/null 2>&1 </dev/null &`);
const { engine, output, consoleText } = labMachine(ID, {
  units: UNITS,
  scripts: [`systemctl start ${NAMES.join(' ')}`, ...inBackground],
});

const images = (): number => consoleText().match(/lohar: executed again/g)?.length ?? 0;
const isSound = (): boolean =>
  consoleText().lastIndexOf('executed again after signal') <= consoleText().lastIndexOf('sound again');
const mainPids = (): Promise<string> =>
  output(`for n in ${STABLE.join(' ')}; do systemctl show -P MainPID,NRestarts stable@$n; done`);

/** One exec of each kind after the other until `done`: what they wrote and how they ended is checked. */
async function execs(done: () => boolean): Promise<number> {
  let count = 0;
  for (; !done(); count++) {
    const agent = await engine().agent(ID);
    const lines = 1 + random.below(30);
    const code = random.below(100);
    const input = 'x'.repeat(1 + random.below(100_000));
    const script = `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo $i; sleep 0.05; done; cat; exit ${code}`;
    const stream = agent.open({ op: 'exec', argv: ['/bin/sh', '-c', script], env: {}, stdin: true, user: 'root' });
    const text = textOf(stream, 1);
    await stream.write(0, Buffer.from(input));
    stream.end(0);
    assert.deepEqual(await exitOf(stream), { code });
    assert.equal(await text, Array.from({ length: lines }, (_, n) => `${n + 1}\n`).join('') + input);
  }
  return count;
}

type Kind = 'signal' | 'allocation' | 'hang' | 'daemon-reexec' | 'twice';
const KINDS: readonly (readonly [kind: Kind, share: number, command: () => string])[] = [
  ['signal', 68, () => `kill -${random.pick(['SEGV', 'BUS', 'ILL', 'FPE', 'ABRT'])} 1`],
  ['allocation', 20, () => 'kill -RTMIN+18 1'],
  ['daemon-reexec', 10, () => 'kill -RTMIN+25 1'],
  ['hang', 1, () => 'kill -RTMIN+17 1'],
  ['twice', 1, () => 'kill -SEGV 1; sleep 0.7; kill -SEGV 1'],
];

function chooseKind(): (typeof KINDS)[number] {
  return random.pick(KINDS.flatMap((row) => Array.from({ length: row[1] }, () => row)));
}

/** What is there of 1..n in order: how many are missing, how many come again. */
function gaps(numbers: readonly number[], last: number): { missing: number; doubled: number } {
  const seen = new Set(numbers);
  const missing = Array.from({ length: last }, (_, n) => n + 1).filter((n) => !seen.has(n)).length;
  return { missing, doubled: numbers.length - seen.size };
}

const numbersIn = (text: string, word: string): number[] =>
  [...text.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].map(([, digits]) => Number(digits));

interface Crashes {
  readonly counts: Map<Kind, number>;
  /** From each signal to the next exec, ms. */
  readonly waits: number[];
}

/** @param look called after every tenth */
async function crashAgainAndAgain(look: () => Promise<void>): Promise<Crashes> {
  const crashes: Crashes = { counts: new Map(), waits: [] };
  for (let n = 1; n <= CRASHES; n++) {
    const [kind, , command] = chooseKind();
    crashes.counts.set(kind, (crashes.counts.get(kind) ?? 0) + 1);
    await until('the next crash is a first one', isSound, BACK_MS);
    const imagesBefore = images();
    const later = random.below(500) / 1000;
    const begun = performance.now() + later * 1000;
    await output(`sleep ${later}; ${command()}`);
    const isBack = async (): Promise<boolean> => (await output('echo yes')) === 'yes' && images() > imagesBefore;
    await until(`PID 1 is back after ${kind}`, isBack, BACK_MS);
    if (kind === 'signal') crashes.waits.push(performance.now() - begun);
    if (n % 10 === 0) await look();
  }
  return crashes;
}

/** Each start of a flapping service was counted once; by now it stays up. */
async function countRestarts(): Promise<number> {
  let restarts = 0;
  for (const n of FLAPPING) {
    const main = `ps -o comm= -p "$(systemctl show -P ExecMainPID flap@${n})"`;
    await until('it stays up', async () => (await output(`${main}; cat /run/stays.${n}`)) === 'sleep\nstays');
    const answer = await output(`systemctl show -P NRestarts flap@${n}; wc -l </run/flap.${n}`);
    const [told = 0, starts = 0] = answer.split('\n').map(Number);
    restarts += told;
    assert.equal(starts, told + 1, `starts of flap@${n}`);
  }
  return restarts;
}

/** Median and longest. */
function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  return `${(sorted[sorted.length >> 1] ?? 0).toFixed(0)}, ${(sorted.at(-1) ?? 0).toFixed(0)}`;
}

test(`${CRASHES} crashes lose and double nothing (FUZZ_SEED=${random.seed})`, async (t) => {
  let over = false;
  const running = Promise.all([1, 2, 3].map(() => execs(() => over)));
  running.catch(() => undefined);
  const tty = { rows: 24, cols: 80, term: 'xterm' };
  const counting = 'i=0; until [ -e /run/enough ]; do i=$((i+1)); echo count $i; sleep 0.2; done; exit 9';
  const session = (await engine().agent(ID)).open({
    ...{ op: 'exec', argv: ['/bin/sh', '-c', counting], env: {}, stdin: true, user: 'root', tty, session: 'long' },
  });
  const counted = textOf(session, 1);
  counted.catch(() => undefined);
  const pids = await mainPids();
  const { counts, waits } = await crashAgainAndAgain(async () => {
    assert.equal(await mainPids(), pids);
    await Promise.race([running, undefined]); // one that failed fails here
  });
  over = true;
  const done = (await running).reduce((sum, count) => sum + count, 0);
  await until('no reduction is left', async () => (await engine().status(ID)).trouble === undefined, BACK_MS);
  await output('touch /run/enough');
  assert.deepEqual(await exitOf(session), { code: 9 });
  const screen = numbersIn((await counted).replaceAll('\r', ''), 'count');
  assert.deepEqual(gaps(screen, screen.at(-1) ?? 0), { missing: 0, doubled: 0 });
  assert.equal(await mainPids(), pids);

  await until('the loops end', async () => (await output('pgrep -cf "systemctl (start|stop) toggle"')) === '0');
  const ticks = Number(await output('cat /run/ticks'));
  const bursts = Number(await output('cat /run/bursts'));
  const lines = numbersIn(await output('sleep 1; journalctl -u tick -o cat --no-pager'), 'line');
  const logged = numbersIn(await output('journalctl -t burst -o cat --no-pager'), 'burst');
  const [ofLines, ofBursts] = [gaps(lines, ticks), gaps(logged, bursts)];

  const restarts = await countRestarts();
  assert.equal(await output('systemctl start toggle; pgrep -cf "slee[p] 98765"'), '1');
  assert.equal(await output('systemctl stop toggle; pgrep -cf "slee[p] 98765"'), '0');
  assert.equal(await output('systemctl list-jobs --no-legend | wc -l'), '0');
  assert.doesNotMatch(consoleText(), /panic/i);

  const told = await output('grep -h "Took over" /var/log/bhatti/system.log*');
  const took = [...told.matchAll(/in (\d+) ms/g)].map(([, ms]) => Number(ms));
  const rows: readonly (readonly [string, string | number])[] = [
    ['crashes', [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ')],
    ['execs, each with its exit code, input and output', done],
    ['restarts of services, each counted once', restarts],
    ['lines of a service: written, missing, doubled', `${ticks}, ${ofLines.missing}, ${ofLines.doubled}`],
    ['lines to /dev/log: written, missing, doubled', `${bursts}, ${ofBursts.missing}, ${ofBursts.doubled}`],
    ['lines of a session: seen, missing, doubled', `${screen.length}, 0, 0`],
    ['taking over, ms: median, longest', spread(took)],
    ['from the signal to the next exec, ms: median, longest', spread(waits)],
  ];
  for (const [what, value] of rows) t.diagnostic(`| ${what} | ${value} |`);
  assert.deepEqual([ofLines.missing, ofBursts.missing], [0, 0]);
});
