/**
 * The daemon is killed at 60 random instants of snapshot, fork, restore and the deletion of a snapshot, QEMU at 20: the
 * sandbox is there with memory and disk of one instant, so is each snapshot, a fork is whole or not there, and nothing is
 * left over. BHATTI_POINTS=n makes it shorter, FUZZ_SEED=n replays the choices.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { ask, type Body, begin } from '@bhatti/host/api/test-client.ts';
import { SeededRandom } from '@bhatti/wire/seeded-random.ts';
import { type Lab, openLab } from '../cli/lab.ts';
import { until, untilFound } from '../until.ts';
import { instant, noStrays, qemuIn, sandboxesOf, socketOf, startDaemon, UP } from './kill-lab.ts';

const POINTS = Number(process.env.BHATTI_POINTS ?? 60);
const QEMU_POINTS = Math.ceil(POINTS / 3);
const random = new SeededRandom(Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32)));
const SNAPSHOTS_MAX = 3;
const FORK = 'copy';
const DISK = '/home/lohar/word';
const MEMORY = '/dev/shm/word';

const KINDS = ['snapshot', 'snapshot', 'fork', 'fork', 'restore', 'restore', 'fork-snapshot', 'delete'] as const;
type Kind = (typeof KINDS)[number];
/** What it takes about, ms: instants beyond the end are of use as well. */
const TAKES: Readonly<Record<Kind, number>> = {
  ...{ snapshot: 1500, fork: 2000, restore: 1500, 'fork-snapshot': 2000, delete: 60 },
};

let lab: Lab;
let socket = '';
/** The word of each snapshot, by its name. */
const kept = new Map<string, string>();
let count = 0;

before(async () => {
  console.log(`FUZZ_SEED=${random.seed}`);
  lab = openLab({ BHATTI_POOL: '0', BHATTI_IDLE_WARM: 'never' });
  socket = socketOf(lab);
  await startDaemon(lab);
  await post('/sandboxes', { name: 'dev' });
});
after(() => lab.close());

const post = async (path: string, body?: object): Promise<Body> => {
  const { status, body: reply } = await ask(socket, 'POST', `/v1${path}`, body);
  assert.ok(status < 300, `${path}: ${JSON.stringify(reply)}`);
  return reply;
};
const exec = async (name: string, script: string): Promise<string> =>
  (await post(`/sandboxes/${name}/exec`, { argv: ['sh', '-c', script] })).stdout;
const write = (word: string): Promise<string> => exec('dev', `echo ${word} >${MEMORY}; echo ${word} >${DISK}; sync`);
const diskOf = (name: string): Promise<string> =>
  exec(name, `sudo sh -c 'echo 1 >/proc/sys/vm/drop_caches'; cat ${DISK}`);

/** In memory and on the disk. */
async function wordsOf(name: string): Promise<readonly [string, string]> {
  return [(await exec(name, `cat ${MEMORY} 2>&1`)).trim(), (await diskOf(name)).trim()];
}

interface Begun {
  readonly kind: Kind;
  /** Of the snapshot that is made or used. */
  readonly snapshot: string;
  readonly said: string;
}

function choose(point: number): Begun {
  const fits = (kind: Kind): boolean =>
    kind === 'fork' || (kind === 'snapshot' ? kept.size < SNAPSHOTS_MAX : kept.size > 0);
  const kind = random.pick(KINDS.filter(fits));
  const snapshot = kind === 'snapshot' || kind === 'fork' ? `s${++count}` : random.pick([...kept.keys()]);
  return { kind, snapshot, said: `point ${point}, ${kind} ${snapshot}` };
}

/** @returns the answer, or that there was none */
function send({ kind, snapshot }: Begun): Promise<'done' | 'refused' | 'lost'> {
  const [method, path, body] = {
    snapshot: ['POST', '/v1/sandboxes/dev/snapshots', { name: snapshot }] as const,
    fork: ['POST', '/v1/sandboxes/dev/fork', { name: FORK }] as const,
    restore: ['POST', `/v1/snapshots/dev%2F${snapshot}/restore`, undefined] as const,
    'fork-snapshot': ['POST', `/v1/snapshots/dev%2F${snapshot}/fork`, { name: FORK }] as const,
    delete: ['DELETE', `/v1/snapshots/dev%2F${snapshot}`, undefined] as const,
  }[kind];
  return new Promise((settle) => {
    const request = begin(socket, method, path, body);
    request.on('error', () => settle('lost'));
    request.on('response', (reply) => {
      reply.on('error', () => settle('lost')).on('close', () => settle('lost'));
      reply.on('end', () => settle((reply.statusCode ?? 500) < 300 ? 'done' : 'refused'));
      reply.resume();
    });
  });
}

/** Begins something with this word in memory and on the disk. @returns at some instant of it */
async function inTheMiddle(point: number, word: string): Promise<{ begun: Begun; answer: ReturnType<typeof send> }> {
  const begun = choose(point);
  await write(word);
  const answer = send(begun);
  await instant(random.below(TAKES[begun.kind]));
  return { begun, answer };
}

/** Which snapshots there are: all that were, but for what was cut off. */
async function checkSnapshots({ kind, snapshot, said }: Begun, word: string, ended: string): Promise<void> {
  const rows: readonly Body[] = (await ask(socket, 'GET', '/v1/snapshots')).body.snapshots;
  const names = new Set(rows.map(({ name }) => name));
  if (kind === 'snapshot' && names.has(snapshot)) kept.set(snapshot, word);
  else if (kind === 'snapshot') assert.notEqual(ended, 'done', `${said}: it is not there`);
  if (kind === 'delete' && !names.has(snapshot)) kept.delete(snapshot);
  else if (kind === 'delete') assert.notEqual(ended, 'done', `${said}: it is still there`);
  assert.deepEqual([...names].sort(), [...kept.keys()].sort(), said);
  const folders = readdirSync(join(lab.dataDir, 'engine/snapshots')).sort();
  assert.deepEqual(folders, rows.map(({ id }) => id).sort(), `${said}: folders of snapshots`);
}

async function checkLeftovers(said: string): Promise<void> {
  const rows = await sandboxesOf(socket);
  const vms = join(lab.dataDir, 'engine/vms');
  assert.deepEqual(readdirSync(vms).sort(), rows.map(({ id }) => id).sort(), `${said}: folders`);
  await noStrays(lab, rows, said);
  for (const { id, name, state } of rows) {
    if (!UP.includes(state)) continue;
    const files = readdirSync(join(vms, id));
    assert.deepEqual(
      files.filter((file) => /saved|spent/.test(file)),
      [],
      `${said}: leftovers of ${name}`,
    );
    const { layers } = JSON.parse(readFileSync(join(vms, id, 'vm.json'), 'utf8'));
    const named = layers.map(({ path }: { path: string }) => path.split('/').at(-1));
    const unknown = files.filter((file) => file.endsWith('.qcow2') && !named.includes(file));
    assert.deepEqual(unknown, [], `${said}: layers of ${name} that its record does not name`);
  }
}

/** The fork is whole or not there; it goes. */
async function checkFork({ kind, snapshot, said }: Begun, word: string, ended: string): Promise<void> {
  const there = (await sandboxesOf(socket)).some(({ name }) => name === FORK);
  if (!kind.startsWith('fork')) return assert.ok(!there, said);
  if (!there) return assert.notEqual(ended, 'done', `${said}: it is not there`);
  const of = kind === 'fork' ? word : (kept.get(snapshot) ?? '');
  assert.deepEqual(await wordsOf(FORK), [of, of], `${said}: the fork`);
  assert.equal(await exec(FORK, 'hostname'), `${FORK}\n`);
  await ask(socket, 'DELETE', `/v1/sandboxes/${FORK}`);
}

/** A snapshot by lot says what it was made of. */
async function checkOne(said: string): Promise<void> {
  if (kept.size === 0) return;
  const name = random.pick([...kept.keys()]);
  await post(`/snapshots/dev%2F${name}/fork`, { name: FORK });
  assert.deepEqual(await wordsOf(FORK), [kept.get(name), kept.get(name)], `${said}: what ${name} holds`);
  await ask(socket, 'DELETE', `/v1/sandboxes/${FORK}`);
}

test(`the daemon dies at ${POINTS} random instants of a branch`, async () => {
  for (let point = 1; point <= POINTS; point++) {
    const word = `w${point}`;
    const { begun, answer } = await inTheMiddle(point, word);
    await lab.endDaemon('SIGKILL');
    const ended = await answer;
    await startDaemon(lab);
    await checkSnapshots(begun, word, ended);
    await checkFork(begun, word, ended);
    const may = begun.kind === 'restore' ? [word, kept.get(begun.snapshot)] : [word];
    const words = await wordsOf('dev');
    assert.ok(may.includes(words[0]) && words[0] === words[1], `${begun.said}: dev says ${words}`);
    if (begun.kind === 'restore' && ended === 'done') assert.equal(words[0], may[1], begun.said);
    await checkLeftovers(begun.said);
    if (point % 10 !== 0) continue;
    await checkOne(begun.said);
    console.log(`${begun.said}, ${ended}: ${kept.size} snapshots`);
  }
});

test(`QEMU dies at ${QEMU_POINTS} random instants of a branch, its disk does not`, async () => {
  const [{ id = '' } = {}] = await sandboxesOf(socket);
  for (let point = 1; point <= QEMU_POINTS; point++) {
    const word = `q${point}`;
    const { begun, answer } = await inTheMiddle(point, word);
    const vm = join(lab.dataDir, 'engine/vms', id);
    const pid = qemuIn(vm);
    if (pid !== null) process.kill(pid, 'SIGKILL');
    const ended = await answer;
    assert.notEqual(ended, 'lost', begun.said);
    // A restore ends one and begins another.
    const another = (): boolean => ![null, pid].includes(qemuIn(vm));
    const { state, reason = '' } = await untilFound(`${begun.said}: its end is known`, async () => {
      const row = (await sandboxesOf(socket)).find(({ name }) => name === 'dev');
      return row !== undefined && (!UP.includes(row.state) || another()) ? row : null;
    });
    if (state !== 'cold' && !UP.includes(state))
      assert.notEqual(reason, '', `${begun.said}: ${state} without a reason`);
    await post('/sandboxes/dev/start');
    await checkSnapshots(begun, word, ended);
    await checkFork(begun, word, ended);
    const may = begun.kind === 'restore' ? [word, kept.get(begun.snapshot)] : [word];
    const disk = (await diskOf('dev')).trim();
    assert.ok(may.includes(disk), `${begun.said}: dev says ${disk}`);
    await checkLeftovers(begun.said);
  }
  await checkOne('in the end');
});

test('in the end nothing is left', async () => {
  await lab.ok('destroy', '--all', '--yes');
  for (const name of kept.keys()) await lab.ok('snapshot', 'delete', `dev/${name}`, '--yes');
  assert.deepEqual(readdirSync(join(lab.dataDir, 'engine/snapshots')), []);
  await lab.ok('prune');
  assert.deepEqual(readdirSync(join(lab.dataDir, 'engine/vms')), []);
  await until('no machine has a process', () => qemuIn(join(lab.dataDir, 'engine/vms')) === null);
});
