import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import type { SessionInfo } from '@bhatti/wire/messages.ts';
import { until } from '../until.ts';
import { type Call, GuestAgent, noCgroups, sh } from './guest-agent.ts';

const TTY = { tty: { rows: 24, cols: 80, term: 'xterm-256color' } };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function list(agent: GuestAgent): Promise<readonly SessionInfo[]> {
  return (await agent.ask({ op: 'session.list' })).message('sessions').sessions;
}

const attach = (agent: GuestAgent, session: string, rows = 24, cols = 80): Call =>
  agent.call({ op: 'attach', session, rows, cols });

test('a terminal: size, name, echo, resize, exit', async (t) => {
  const agent = await GuestAgent.start(t);
  const call = agent.call(
    sh(
      'tty -s && echo $TERM; stty size; read line; echo "got $line"; trap "stty size" WINCH; echo go; read x; exit 3',
      TTY,
    ),
  );
  await until('the size is printed', () => call.text(1).includes('24 80\r\n'));
  assert.match(call.text(1), /^xterm-256color\r\n/);
  assert.equal(call.message('started').session, 's1');
  call.stream.write(0, bytes('words\r'));
  await until('the line came back', () => call.text(1).includes('words\r\ngot words\r\ngo\r\n'));
  call.stream.message({ is: 'resize', rows: 50, cols: 132 });
  await until('the new size is printed', () => call.text(1).includes('50 132\r\n'));
  call.stream.write(0, bytes('\r'));
  assert.equal(await call.closed, undefined);
  assert.equal(call.exit, 'code 3');
});

test('keys of a terminal: Ctrl+C interrupts, Ctrl+D ends the input', async (t) => {
  const agent = await GuestAgent.start(t);
  const cat = agent.call(sh('echo ready; cat; echo end', TTY));
  await until('it is ready', () => cat.text(1).includes('ready'));
  cat.stream.write(0, bytes('\x04'));
  await cat.closed;
  assert.match(cat.text(1), /ready\r\n(\^D\b\b)?end\r\n$/);
  const sleep = agent.call(sh('echo ready; exec sleep 100', TTY));
  await until('it is ready', () => sleep.text(1).includes('ready'));
  sleep.stream.write(0, bytes('\x03'));
  await sleep.closed;
  assert.equal(sleep.exit, 'SIGINT');
});

test('detach, go on without a client, attach: all output once', async (t) => {
  const agent = await GuestAgent.start(t);
  const go = `${agent.folder}/go`;
  const first = agent.call(
    sh(
      `i=0; while [ $i -lt 300 ]; do echo line $i; i=$((i+1)); [ $i = 100 ] && while ! [ -e ${go} ]; do sleep 0.01; done; done; read x`,
      TTY,
    ),
  );
  await until('it waits', () => first.text(1).includes('line 99\r\n'));
  first.stream.message({ is: 'detach' });
  assert.equal(await first.closed, undefined);
  assert.deepEqual(
    (await list(agent)).map(({ id, tty, attached, exit }) => [id, tty, attached, exit]),
    [['s1', true, false, undefined]],
  );
  fs.writeFileSync(go, '');
  const second = attach(agent, 's1');
  await until('it is through', () => second.text(1).includes('line 299\r\n'));
  assert.equal(second.text(1), Array.from({ length: 300 }, (_, n) => `line ${n}\r\n`).join(''));
  second.stream.write(0, bytes('\r'));
  await second.closed;
  assert.equal(second.exit, 'code 0');
});

test('the scrollback keeps at least 64 KiB and begins with a whole line', async (t) => {
  const agent = await GuestAgent.start(t);
  const first = agent.call(sh('seq -f "line %06.0f" 100000; echo END; read x', TTY));
  await until('it is through', () => first.text(1).endsWith('END\r\n'));
  first.stream.close();
  const second = attach(agent, 's1');
  await until('the replay came', () => second.text(1).endsWith('END\r\n'));
  const replay = second.text(1);
  assert.ok(replay.length >= 64 * 1024 && replay.length <= 128 * 1024, `${replay.length} bytes`);
  assert.match(replay, /^line \d{6}\r\n/);
  assert.ok(first.text(1).endsWith(replay));
});

test('a client that does not read stops the program; nothing is lost', async (t) => {
  const agent = await GuestAgent.start(t);
  const file = `${agent.folder}/done`;
  const call = agent.call(sh(`stty -opost; seq 400000; touch ${file}; read x`, TTY));
  call.stalled = true;
  await until('the window is full', () => call.size(1) >= 100_000);
  const before = agent.residentKib();
  await until('the agent is idle', async () => (await agent.ask({ op: 'stats' })).messages.length === 1);
  assert.equal(fs.existsSync(file), false);
  call.resume();
  await until('it is through', () => fs.existsSync(file) && call.text(1).endsWith('\n400000\n'));
  assert.equal(call.text(1), Array.from({ length: 400_000 }, (_, n) => `${n + 1}\n`).join(''));
  assert.ok(agent.residentKib() - before < 2048);
});

test('a second client takes the session over, the first is told', async (t) => {
  const agent = await GuestAgent.start(t);
  const first = agent.call(sh('echo hello; read x; echo "got $x"; read y', TTY));
  await until('it is ready', () => first.text(1) === 'hello\r\n');
  const second = attach(agent, 's1', 10, 20);
  assert.equal((await first.closed)?.code, 'session.taken');
  second.stream.write(0, bytes('it\r'));
  await until('the second is heard', () => second.text(1) === 'hello\r\nit\r\ngot it\r\n');
  assert.equal(first.text(1), 'hello\r\n');
});

test('a session outlives the host that began it', async (t) => {
  const agent = await GuestAgent.start(t);
  const first = agent.call(sh('echo hello; read x; echo "got $x"', { ...TTY, session: 'mine' }));
  await until('it is ready', () => first.text(1) === 'hello\r\n');
  await agent.takeOver();
  const second = attach(agent, 'mine');
  second.stream.write(0, bytes('it\r'));
  assert.equal(await second.closed, undefined);
  assert.equal(second.text(1), 'hello\r\nit\r\ngot it\r\n');
});

test('an exited session can still be looked at, and the newest of them are kept', async (t) => {
  const agent = await GuestAgent.start(t);
  for (let n = 0; n < 20; n++) await agent.ask(sh(`echo ${n}; exit ${n}`, { ...TTY, session: `n${n}` }));
  const sessions = await list(agent);
  assert.deepEqual(
    sessions.map(({ id }) => id),
    Array.from({ length: 16 }, (_, n) => `n${n + 4}`),
  );
  const late = attach(agent, 'n7');
  assert.equal(await late.closed, undefined);
  assert.deepEqual([late.text(1), late.exit], ['7\r\n', 'code 7']);
  await assert.rejects(agent.ask({ op: 'attach', session: 'n1', rows: 1, cols: 1 }), { code: 'session.not-found' });
});

test('names: taken while it runs, free again after it', async (t) => {
  const agent = await GuestAgent.start(t);
  const first = agent.call(sh('read x; exit 1', { ...TTY, session: 'mine' }));
  await until('it began', () => first.messages.length === 1);
  await assert.rejects(agent.ask(sh('true', { ...TTY, session: 'mine' })), { code: 'session.exists' });
  first.stream.write(0, bytes('\r'));
  await first.closed;
  assert.equal((await agent.ask(sh('exit 2', { ...TTY, session: 'mine' }))).exit, 'code 2');
  assert.equal((await list(agent)).length, 1);
});

test('kill ends the whole tree of a session', { skip: noCgroups }, async (t) => {
  const agent = await GuestAgent.start(t);
  const call = agent.call(sh('setsid sleep 1000 & echo pid $!; read x', TTY));
  await until('it is ready', () => /pid \d+\r\n/.test(call.text(1)));
  await agent.ask({ op: 'session.kill', session: 's1', signal: 'SIGKILL' });
  await call.closed;
  assert.equal(call.exit, 'SIGKILL');
  await until('the cgroup is empty and gone', () => agent.cgroups().length === 0);
});

test('a session without a terminal keeps both outputs', async (t) => {
  const agent = await GuestAgent.start(t);
  const call = agent.call(
    sh('echo out; echo err >&2; read x; echo "got $x"; exit 4', { session: 'init', stdin: true }),
  );
  await until('it is ready', () => call.text(1) === 'out\nerr\n');
  call.stream.close();
  const again = attach(agent, 'init');
  await again.send(bytes('in\n'));
  assert.equal(await again.closed, undefined);
  assert.deepEqual([again.text(1), again.exit], ['out\nerr\ngot in\n', 'code 4']);
});

test('a timeout of a session', async (t) => {
  const agent = await GuestAgent.start(t);
  const call = agent.call(sh('sleep 100', { ...TTY, timeoutMs: 50 }));
  await call.closed;
  assert.match(call.exit, /^SIG(TERM|HUP), timed out$/);
});

test('sessions leave no descriptor behind', async (t) => {
  const agent = await GuestAgent.start(t);
  await agent.ask(sh('true', TTY));
  const before = await agent.descriptorsAtRest();
  for (let n = 0; n < 20; n++) await agent.ask(sh('echo x', TTY));
  await assert.rejects(agent.ask(sh('true', { ...TTY, user: 'nobody-at-all' })), { code: 'exec.no-user' });
  assert.equal(await agent.descriptorsAtRest(), before);
  assert.deepEqual(agent.errors, []);
});
