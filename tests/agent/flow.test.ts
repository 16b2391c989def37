/** What one reader does not take must neither fill the agent's memory nor hold up the others. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { BREAK } from '@bhatti/wire/break.ts';
import { CLOSE, encodeData, encodeJson, OPEN } from '@bhatti/wire/frame.ts';
import { STREAMS_MAX, WINDOW_TO_GUEST } from '@bhatti/wire/limits.ts';
import { until } from '../until.ts';
import { GuestAgent, sh } from './guest-agent.ts';

const MIB = 1024 * 1024;
/** What the agent may grow by, whatever goes through it. */
const GROWTH_MAX_KIB = 3 * 1024;

test('64 MiB out to a slow reader', async (t) => {
  const agent = await GuestAgent.start(t);
  await agent.exec(['true']);
  const before = agent.residentKib();
  const call = agent.call(sh('head -c 67108864 /dev/zero'), false);
  call.stalled = true;
  let peak = 0;
  while (!call.stream.closed) {
    const seen = call.size(1);
    call.resume();
    call.stalled = true;
    await until('more has come', () => call.size(1) > seen || call.stream.closed);
    peak = Math.max(peak, agent.residentKib());
  }
  assert.equal(await call.closed, undefined);
  assert.equal(call.size(1), 64 * MIB);
  assert.ok(peak - before < GROWTH_MAX_KIB, `grew by ${peak - before} KiB`);
});

test('64 MiB in to a slow reader', async (t) => {
  const agent = await GuestAgent.start(t);
  await agent.exec(['true']);
  const before = agent.residentKib();
  const call = agent.call(
    sh('i=0; while [ $i -lt 64 ]; do sleep 0.01; head -c 1048576; i=$((i+1)); done | wc -c', { stdin: true }),
  );
  let peak = 0;
  const sent = call.send(new Uint8Array(64 * MIB));
  await until('it ends', () => {
    peak = Math.max(peak, agent.residentKib());
    return call.stream.closed;
  });
  await sent;
  assert.equal(await call.closed, undefined);
  assert.equal(call.text(1), `${64 * MIB}\n`);
  assert.ok(peak - before < GROWTH_MAX_KIB, `grew by ${peak - before} KiB`);
});

test('readers that stand still hold up nobody else', async (t) => {
  const agent = await GuestAgent.start(t);
  await agent.exec(['true']);
  const before = agent.residentKib();
  const stuck = Array.from({ length: 50 }, () => agent.call(sh('yes'), false));
  for (const call of stuck) call.stalled = true;
  await until('all windows are full', () => stuck.every((call) => call.size(1) >= 60_000));
  const start = performance.now();
  for (let n = 0; n < 20; n++) assert.equal((await agent.exec(['echo', 'hi'])).text(1), 'hi\n');
  assert.ok(performance.now() - start < 2000);
  assert.ok(agent.residentKib() - before < GROWTH_MAX_KIB, `grew by ${agent.residentKib() - before} KiB`);
  for (const call of stuck) call.stream.close();
  await until('all have ended', () => agent.cgroups().length === 0);
});

test('programs that do not read their input hold up nobody else', async (t) => {
  const agent = await GuestAgent.start(t);
  await agent.exec(['true']);
  const before = agent.residentKib();
  const stuck = Array.from({ length: 50 }, () => agent.call(sh('sleep 1000', { stdin: true })));
  for (const call of stuck) void call.send(new Uint8Array(2 * MIB));
  await until('all windows are full', () => stuck.every((call) => call.sent >= WINDOW_TO_GUEST));
  assert.equal((await agent.exec(['echo', 'hi'])).text(1), 'hi\n');
  const grown = agent.residentKib() - before;
  assert.ok(grown < 20 * 1024, `grew by ${grown} KiB`);
  for (const call of stuck) call.stream.close();
  await until('all have ended', () => agent.cgroups().length === 0);
});

test('a host that reads nothing at all', async (t) => {
  const agent = await GuestAgent.start(t);
  await agent.exec(['true']);
  const before = agent.residentKib();
  agent.socket.pause();
  const calls = Array.from({ length: 30 }, () => agent.call(sh('yes'), false));
  await until('the commands run', () => agent.cgroups().length === 30);
  let last = -1;
  await until('the agent is idle', () => {
    const [now, then] = [agent.processorTicks(), last];
    last = now;
    return now === then;
  });
  assert.ok(agent.residentKib() - before < 2 * GROWTH_MAX_KIB, `grew by ${agent.residentKib() - before} KiB`);
  agent.socket.resume();
  await until('all come', () => calls.every((call) => call.size(1) > 500_000));
});

test('streams are limited, and a refused one costs nothing', async (t) => {
  const agent = await GuestAgent.start(t);
  const calls = Array.from({ length: STREAMS_MAX }, () => agent.call({ op: 'events' }));
  await until('all are open', () => calls.every((call) => call.messages.length === 1));
  assert.throws(() => agent.call({ op: 'stats' }), { code: 'stream.limit' });
  calls[0]?.stream.close();
  assert.equal((await agent.exec(['true'])).exit, 'code 0');
});

const hostile: [name: string, bytes: readonly (Uint8Array | null)[], code: string][] = [
  ['bytes that are no frame', [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)], 'frame.too-long'],
  ['a frame of 4 GiB', [Uint8Array.of(255, 255, 255, 255, 3, 0, 0, 0, 1)], 'frame.too-long'],
  ['a kind that does not exist', [Uint8Array.of(0, 0, 0, 2, 77, 0, 0, 0, 1)], 'frame.invalid'],
  [
    'a stream that is opened twice',
    [encodeJson(OPEN, 900, { op: 'events' }), encodeJson(OPEN, 900, { op: 'events' })],
    'frame.invalid',
  ],
];
for (const [name, bytes, code] of hostile) {
  test(`hostile: ${name} costs the link, and the next host is served`, async (t) => {
    const agent = await GuestAgent.start(t);
    for (const part of bytes) agent.socket.write(part ?? '');
    await until('the agent gives up', () => agent.failure !== undefined);
    assert.equal(agent.failure?.code, code);
    await agent.takeOver();
    assert.equal((await agent.exec(['echo', 'hi'])).text(1), 'hi\n');
  });
}

test('hostile: bytes for streams that never were are ignored', async (t) => {
  const agent = await GuestAgent.start(t);
  for (let n = 500; n < 600; n++) {
    agent.socket.write(encodeData(n, 1, new Uint8Array(1000)));
    agent.socket.write(encodeJson(CLOSE, n, {}) ?? '');
  }
  assert.equal((await agent.exec(['echo', 'hi'])).text(1), 'hi\n');
});

test('hostile: a host that dies in the middle of a frame, again and again', async (t) => {
  const agent = await GuestAgent.start(t);
  for (let n = 0; n < 50; n++) {
    const call = agent.call(sh('cat', { stdin: true }));
    await until('it runs', () => call.messages.length === 1);
    const frame = encodeData(call.stream.id, 0, new Uint8Array(5000));
    agent.socket.write(frame.subarray(0, 1 + 100 * n));
    if (n % 3 === 0) agent.socket.write(BREAK.subarray(0, 20 * n));
    await agent.takeOver();
  }
  assert.equal((await agent.exec(['echo', 'hi'])).text(1), 'hi\n');
  await until('the commands of dead hosts have ended', () => agent.cgroups().length === 0);
  assert.deepEqual(agent.errors, []);
});

test('idle, the agent uses no processor time and little memory', async (t) => {
  const agent = await GuestAgent.start(t);
  await agent.exec(['true']);
  const before = agent.contextSwitches();
  await agent.exec(['sleep', '1']);
  assert.ok(agent.contextSwitches() - before < 40, 'it woke up while the command slept');
  assert.ok(agent.residentKib() < 4096, `${agent.residentKib()} KiB`);
});
