/**
 * The daemon is killed at 200 random instants of create (from template and pool), stop, poweroff, start, pause, resume and
 * destroy, two at a time, and QEMU at 40: no sandbox is lost or doubled, nothing is left over, half-done operations finish or roll back.
 * BHATTI_POINTS=n makes it shorter, FUZZ_SEED=n replays the choices.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { ask, type Body, begin } from '@bhatti/host/api/test-client.ts';
import { SeededRandom } from '@bhatti/wire/seeded-random.ts';
import { type Lab, openLab } from '../cli/lab.ts';
import { processesIn } from '../engine/leftovers.ts';
import { until, untilFound } from '../until.ts';
import { instant, noStrays, qemuIn, sandboxesOf, socketOf, startDaemon, UP } from './kill-lab.ts';

const POINTS = Number(process.env.BHATTI_POINTS ?? 200);
const QEMU_POINTS = Math.ceil(POINTS / 5);
const random = new SeededRandom(Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32)));
const SANDBOXES_MIN = 2;
const SANDBOXES_MAX = 4;
const MARK = '/home/lohar/mark';
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

type Verb = 'create' | 'destroy' | 'stop' | 'poweroff' | 'start' | 'pause' | 'resume';
/** What it takes about, ms: instants beyond the end are of use as well. */
const TAKES: Readonly<Record<Verb, number>> = {
  ...{ create: 600, destroy: 150, stop: 300, poweroff: 2500, start: 5000, pause: 60, resume: 200 },
};
/** What a sandbox may be once the operation was cut off, besides what it was. */
const LEADS_TO: Readonly<Record<Verb, string>> = {
  ...{ create: 'up', destroy: 'gone', stop: 'cold', poweroff: 'stopped', start: 'up', pause: 'up', resume: 'up' },
};

/** What is asked of a sandbox in this state; often what is asked most. */
const VERBS: Readonly<Record<string, readonly Verb[]>> = {
  up: ['destroy', 'stop', 'stop', 'stop', 'poweroff', 'pause', 'resume', 'pause'],
  cold: ['start', 'start', 'resume', 'resume', 'poweroff', 'destroy'],
  stopped: ['start', 'start', 'destroy'],
};

interface Begun {
  readonly verb: Verb;
  readonly name: string;
  /** The state before it. */
  readonly was: string;
  /** It was answered well before the end. */
  done: boolean;
}

let lab: Lab;
let socket = '';
/** Processes of the network, which hold its namespace. */
let shared = 0;
/** What each sandbox is: 'up', 'cold' or 'stopped'. */
let known = new Map<string, string>();
/** The boot that a sandbox lives in, known of those that were up. */
const boots = new Map<string, string>();
let count = 0;

before(async () => {
  console.log(`FUZZ_SEED=${random.seed}`);
  lab = openLab({ BHATTI_POOL: '1', BHATTI_IDLE_WARM: '2s' });
  socket = socketOf(lab);
  await startDaemon(lab);
  await ask(socket, 'POST', '/v1/sandboxes', { name: 'first' }); // makes template and network
  await ask(socket, 'DELETE', '/v1/sandboxes/first');
  shared = sharedProcesses();
});
after(() => lab.close());

const wordOf = (state: string): string => (UP.includes(state) ? 'up' : state);
const list = (): Promise<readonly Body[]> => sandboxesOf(socket);

function choose(busy: ReadonlySet<string>): Begun | null {
  const free = [...known].filter(([name]) => !busy.has(name));
  if (free.length === 0 || (known.size < SANDBOXES_MAX && random.chance(40))) {
    if (known.size >= SANDBOXES_MAX) return null;
    return { verb: 'create', name: `s${++count}`, was: 'gone', done: false };
  }
  const [name, was] = random.pick(free);
  return { verb: random.pick(VERBS[was] ?? []), name, was, done: false };
}

function send(begun: Begun): void {
  const { verb, name } = begun;
  const path = `/v1/sandboxes/${name}`;
  const files = [{ path: MARK, content: Buffer.from(name).toString('base64') }];
  const request =
    verb === 'create'
      ? begin(socket, 'POST', '/v1/sandboxes', { name, files })
      : verb === 'destroy'
        ? begin(socket, 'DELETE', path)
        : verb === 'poweroff'
          ? begin(socket, 'POST', `${path}/stop`, { poweroff: true })
          : begin(socket, 'POST', `${path}/${verb}`);
  request.on('response', (reply) => {
    reply.resume();
    reply.on('error', () => undefined);
    begun.done = (reply.statusCode ?? 500) < 300;
  });
}

/** One or two operations at once. */
function beginSome(): Begun[] {
  const all: Begun[] = [];
  for (let n = random.chance(40) ? 2 : 1; n > 0; n--) {
    const begun = choose(new Set(all.map(({ name }) => name)));
    if (begun === null) continue;
    all.push(begun);
    send(begun);
  }
  return all;
}

/** On a loaded host no create gets to its end in the time that it is given. */
async function haveSome(): Promise<void> {
  while (known.size < SANDBOXES_MIN) {
    const name = `s${++count}`;
    const files = [{ path: MARK, content: Buffer.from(name).toString('base64') }];
    assert.equal((await ask(socket, 'POST', '/v1/sandboxes', { name, files })).status, 201);
    known.set(name, 'up');
  }
}

/** Every sandbox is what it was, or what an operation that was cut off makes of it. */
async function check(cut: readonly Begun[], said: string): Promise<void> {
  const rows = await list();
  const now = new Map(rows.map(({ name, state }) => [name, wordOf(state)]));
  assert.equal(now.size, rows.length, `${said}: a name is there twice`);
  for (const name of new Set([...known.keys(), ...now.keys(), ...cut.map((begun) => begun.name)])) {
    const begun = cut.find((one) => one.name === name);
    const is = now.get(name) ?? 'gone';
    const was = known.get(name) ?? 'gone';
    const to = begun === undefined ? was : LEADS_TO[begun.verb];
    const may = begun?.done === true ? [to] : [was, to];
    assert.ok(may.includes(is), `${said}: ${name} is ${is} and not ${may.join(' or ')}`);
    if (is === 'stopped' || is === 'gone') boots.delete(name);
  }
  known = now;
  for (const { name, id, state } of rows) if (UP.includes(state)) await checkUp(name, id, said);
  await checkLeftovers(rows, said);
}

async function checkUp(name: string, id: string, said: string): Promise<void> {
  const reply = await ask(socket, 'POST', `/v1/sandboxes/${name}/exec`, { argv: ['cat', MARK, BOOT_ID] });
  const [, mark, boot = ''] = /^(\w+?)([0-9a-f]{8}-.*\n)$/.exec(reply.body.stdout) ?? [];
  assert.equal(mark, name, `${said}: ${name} says ${reply.bytes}`);
  assert.equal(boot, boots.get(name) ?? boot, `${said}: what ran in ${name} did not go on`);
  boots.set(name, boot);
  const folder = join(lab.dataDir, 'engine/vms', id);
  assert.equal(processesIn(folder).length, 2, `${said}: keeper and QEMU of ${name}`);
  assert.deepEqual(
    readdirSync(folder).filter((file) => /saved|spent/.test(file)),
    [],
    `${said}: leftovers of ${name}`,
  );
}

/** Those of the network, which is one for all. */
function sharedProcesses(): number {
  const engine = join(lab.dataDir, 'engine');
  const own = ['vms', 'pool', 'templates'].flatMap((folder) => processesIn(join(engine, folder)));
  return processesIn(engine).filter((pid) => !own.includes(pid)).length;
}

/** Only what is known has a folder and processes. */
async function checkLeftovers(rows: readonly Body[], said: string): Promise<void> {
  const engine = join(lab.dataDir, 'engine');
  const ids = rows.map(({ id }) => id).sort();
  assert.deepEqual(readdirSync(join(engine, 'vms')).sort(), ids, `${said}: folders`);
  await noStrays(lab, rows, said);
  assert.equal(sharedProcesses(), shared, `${said}: processes of the network`);
  const clones = existsSync(join(engine, 'pool')) ? readdirSync(join(engine, 'pool')) : [];
  assert.ok(clones.length <= 2, `${said}: clones ${clones.join(' ')}`);
}

test(`the daemon dies at ${POINTS} random instants`, async () => {
  for (let point = 1; point <= POINTS; point++) {
    await haveSome();
    const cut = beginSome();
    await instant(random.below(Math.max(1, ...cut.map(({ verb }) => TAKES[verb]))));
    const said = `point ${point}, ${cut.map(({ verb, name, was, done }) => `${verb} ${name} (${was}${done ? ', done' : ''})`).join(' and ')}`;
    await lab.endDaemon('SIGKILL');
    await startDaemon(lab);
    await check(cut, said);
    if (point % 20 === 0) console.log(`${said}: ${known.size} sandboxes`);
  }
});

const VICTIM = 'victim';

/** Its last durable state is there: what was saved, else its disk. */
async function killQemuIn(verb: Verb | 'exec', folder: string, said: string): Promise<void> {
  const path = `/v1/sandboxes/${VICTIM}`;
  const post = (what: string, body?: object) => ask(socket, 'POST', `${path}/${what}`, body);
  if (verb === 'start') assert.equal((await post('stop')).body.state, 'cold', said);
  const answer =
    verb === 'exec'
      ? post('exec', { argv: ['sleep', '0.1'] })
      : post(verb === 'poweroff' ? 'stop' : verb, verb === 'poweroff' ? { poweroff: true } : undefined);
  if (verb === 'start') await until(`${said}: it loads`, () => qemuIn(folder) !== null);
  await instant(random.below({ poweroff: 1500, stop: 200, start: 150 }[verb as string] ?? 80));
  const pid = qemuIn(folder);
  if (pid !== null) process.kill(pid, 'SIGKILL');
  const { status, body } = await answer;
  assert.ok(status < 300 || body.error.remedy !== '', `${said}: ${JSON.stringify(body)}`);
  const shown = await untilFound(`${said}: its end is known`, async () => {
    const [row] = await list();
    return row !== undefined && !UP.includes(row.state) ? row : null;
  });
  const saved = existsSync(join(folder, 'saved'));
  assert.equal(shown.state === 'cold', saved, `${said}: ${shown.state}`);
  if (!saved) assert.ok((shown.reason ?? '') !== '', `${said}: ${shown.state} without a reason`);
  assert.equal((await post('start')).status, 200, said);
  assert.equal((await post('exec', { argv: ['cat', MARK] })).body.stdout, VICTIM, said);
  assert.equal((await post('exec', { argv: ['cat', '/dev/shm/mark'] })).body.stdout, saved ? VICTIM : '', said);
  await post('exec', { argv: ['cp', MARK, '/dev/shm/mark'] });
}

test(`QEMU dies at ${QEMU_POINTS} random instants, its disk does not`, async () => {
  for (const name of known.keys()) await ask(socket, 'DELETE', `/v1/sandboxes/${name}`);
  const files = [{ path: MARK, content: Buffer.from(VICTIM).toString('base64') }];
  const { id } = (await ask(socket, 'POST', '/v1/sandboxes', { name: VICTIM, files })).body;
  await ask(socket, 'POST', `/v1/sandboxes/${VICTIM}/exec`, { argv: ['sh', '-c', `cp ${MARK} /dev/shm; sync`] });
  for (let point = 1; point <= QEMU_POINTS; point++) {
    const verb = random.pick(['stop', 'stop', 'start', 'start', 'poweroff', 'pause', 'resume', 'exec'] as const);
    await killQemuIn(verb, join(lab.dataDir, 'engine/vms', id), `point ${point}, ${verb}`);
  }
});

test('in the end nothing is left', async () => {
  await lab.ok('destroy', '--all', '--yes');
  await lab.ok('prune');
  await lab.endDaemon('SIGTERM');
  await until('no process is left', () => processesIn(lab.dataDir).length === 0);
  assert.deepEqual(readdirSync(join(lab.dataDir, 'engine/vms')), []);
  await startDaemon(lab);
});
