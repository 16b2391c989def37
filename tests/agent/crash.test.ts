/** The agent crashes again and again while commands and sessions run: nothing of them is lost or doubled. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { until } from '../until.ts';
import { execOf, GuestAgent, sh } from './guest-agent.ts';

const CRASHES = 30;
const MIB = 1024 * 1024;
/** The last makes an allocation soon after fail: lohar/src/boot/faults.ts. */
const WAYS = [11, 6, 34 + 18];

test('input, output and exit code of commands outlive crashes of the agent', async (t) => {
  const agent = await GuestAgent.start(t);
  let over = false;
  t.after(() => {
    over = true;
  });
  let done = 0;
  const untilOver = async (one: (n: number) => Promise<void>): Promise<void> => {
    for (let n = 0; !over; n++, done++) await one(n);
  };
  const running = Promise.all([
    untilOver(async (n) => {
      const call = await agent.exec(['/bin/sh', '-c', `echo out; echo err >&2; exit ${n % 100}`]);
      assert.deepEqual([call.text(1), call.text(2), call.exit], ['out\n', 'err\n', `code ${n % 100}`]);
    }),
    untilOver(async (n) => {
      const input = Buffer.alloc(2 * MIB + n, String.fromCharCode(97 + (n % 26)));
      const call = agent.call(execOf(['/bin/cat'], { stdin: true }));
      await call.send(input);
      assert.equal(await call.closed, undefined);
      assert.ok(call.bytes(1).equals(input), `${call.size(1)} of ${input.length} bytes`);
    }),
    untilOver(async () => {
      const call = await agent.exec(['/bin/sh', '-c', 'seq 200000; kill -9 $$']);
      assert.equal(call.exit, 'SIGKILL');
      assert.equal(call.text(1), Array.from({ length: 200_000 }, (_, n) => `${n + 1}\n`).join(''));
    }),
  ]);
  const tty = { rows: 24, cols: 80, term: 'xterm' };
  const session = agent.call(
    sh('stty -echo; i=0; while read w; do i=$((i+1)); echo "$i $w"; done; exit 4', { stdin: true, tty }),
  );
  await until('the session has begun', () => session.messages.length > 0);
  for (let n = 1; n <= CRASHES; n++) {
    const answered = agent.hellos;
    process.kill(agent.process.pid ?? 0, WAYS[n % WAYS.length]);
    await until('the agent is there again', () => agent.hellos > answered);
    session.stream.write(0, Buffer.from(`w${n}\n`));
    await until('the session answers', () => session.text(1).includes(`${n} w${n}`));
    await Promise.race([running, undefined]);
  }
  over = true;
  await running;
  session.stream.write(0, Buffer.from('\x04'));
  assert.equal(await session.closed, undefined);
  assert.equal(session.exit, 'code 4');
  const lines = session
    .text(1)
    .split('\r\n')
    .filter((line) => /^\d+ w/.test(line));
  assert.deepEqual(
    lines,
    Array.from({ length: CRASHES }, (_, n) => `${n + 1} w${n + 1}`),
  );
  assert.ok(done >= 6, `only ${done} commands ended meanwhile`);
});
