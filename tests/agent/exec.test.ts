import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { until } from '../until.ts';
import { type execOf, GuestAgent, noCgroups, sh } from './guest-agent.ts';

const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('how commands end', async (t) => {
  const agent = await GuestAgent.start(t);
  const rows: [name: string, script: string, exit: string, out: string, err: string][] = [
    ['code 0', 'echo hi', 'code 0', 'hi\n', ''],
    ['a code', 'echo oh >&2; exit 7', 'code 7', '', 'oh\n'],
    ['the highest code', 'exit 255', 'code 255', '', ''],
    ['a signal', 'kill -TERM $$', 'SIGTERM', '', ''],
    ['a signal with a core', 'ulimit -c 0; kill -SEGV $$', 'SIGSEGV', '', ''],
    ['both outputs apart', 'echo 1; echo 2 >&2; echo 3', 'code 0', '1\n3\n', '2\n'],
    ['output without a last line break', 'printf x', 'code 0', 'x', ''],
    ['stdin is empty when none is sent', 'cat; echo end', 'code 0', 'end\n', ''],
    [
      'the child is leader of its session and group',
      'set -- $(cat /proc/$$/stat); [ $5 = $$ ] && [ $6 = $$ ]',
      'code 0',
      '',
      '',
    ],
    ['SIGPIPE is at its default', 'grep -q "^SigIgn:.*0000$" /proc/self/status', 'code 0', '', ''],
    ['no signal is blocked', 'grep -q "^SigBlk:.*0000000000000000$" /proc/self/status', 'code 0', '', ''],
    ['no descriptor leaks in', 'ls /proc/self/fd | wc -w', 'code 0', '4\n', ''],
    ['umask', 'umask', 'code 0', '0022\n', ''],
  ];
  for (const [name, script, exit, out, err] of rows) {
    await t.test(name, async () => {
      const call = await agent.ask(sh(script));
      assert.deepEqual([call.exit, call.text(1), call.text(2)], [exit, out, err]);
      assert.ok(call.message('started').pid > 1);
    });
  }
  assert.deepEqual(agent.errors, []);
});

test('what cannot begin says why', async (t) => {
  const agent = await GuestAgent.start(t);
  const text = `${agent.folder}/text`;
  fs.writeFileSync(text, 'no program');
  fs.writeFileSync(`${agent.folder}/garbage`, '\x7fELFgarbage', { mode: 0o755 });
  fs.writeFileSync(`${agent.folder}/script`, '#!/no/such/interpreter\n', { mode: 0o755 });
  fs.mkdirSync(`${agent.folder}/closed`, { mode: 0o700 });
  const rows: [name: string, request: Parameters<typeof execOf>, code: string, message: RegExp][] = [
    ['no such command', [['nonsense']], 'exec.not-found', /^cannot run nonsense: it is in no folder of PATH \(\/usr/],
    ['no such path', [['/no/such']], 'exec.not-found', /no such file/],
    ['an empty word', [['']], 'exec.not-found', /empty word/],
    ['no word at all', [[]], 'exec.not-found', /empty word/],
    ['a file that is no program', [[text]], 'exec.not-executable', /no execute permission/],
    ['a directory', [['/etc']], 'exec.not-executable', /is a directory/],
    ['garbage', [[`${agent.folder}/garbage`]], 'exec.not-executable', /does not know its format/],
    ['a script without its interpreter', [[`${agent.folder}/script`]], 'exec.not-executable', /interpreter/],
    ['no such user', [['id'], { user: 'nobody-at-all' }], 'exec.no-user', /no such user/],
    ['no such directory', [['id'], { cwd: '/no/such' }], 'exec.bad-directory', /no such directory/],
    ['a file as directory', [['id'], { cwd: text }], 'exec.bad-directory', /no such directory/],
    [
      'a directory of somebody else',
      [['id'], { cwd: `${agent.folder}/closed`, user: 'nobody' }],
      'exec.bad-directory',
      /may not enter/,
    ],
    ['a word with NUL', [['a\0b']], 'request.invalid', /without NUL/],
  ];
  const before = agent.openDescriptors();
  for (const [name, request, code, message] of rows) {
    await t.test(name, async () => {
      await assert.rejects(agent.exec(...request), (error: Error & { code?: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
    });
  }
  await until('their descriptors are closed', () => agent.openDescriptors() <= before);
  assert.deepEqual(agent.errors, []);
});

test('user, directory and environment', async (t) => {
  const agent = await GuestAgent.start(t);
  const out = async (...args: Parameters<typeof execOf>): Promise<string> => (await agent.exec(...args)).text(1).trim();
  assert.equal(await out(['id', '-un']), 'root');
  assert.equal(await out(['id', '-un'], { user: 'nobody' }), 'nobody');
  assert.equal(await out(['id', '-u'], { user: '65534' }), '65534');
  assert.equal(await out(['pwd']), '/root');
  assert.equal(await out(['pwd'], { cwd: '/usr/lib' }), '/usr/lib');
  assert.equal(await out(['./sh', '-c', 'pwd'], { cwd: '/bin' }), '/usr/bin');
  assert.equal(
    await out(['sh', '-c', 'echo $HOME $USER $SHELL $TERM'], { user: 'daemon' }),
    '/usr/sbin daemon /usr/sbin/nologin dumb',
  );
  assert.equal(await out(['printenv', 'A'], { env: { A: 'b c\n"d"' } }), 'b c\n"d"');
  fs.writeFileSync(`${agent.folder}/env`, 'A=unit\nB=unit\n');
  assert.equal(await out(['sh', '-c', 'echo $A $B'], { env: { A: 'request' } }), 'request unit');
  fs.writeFileSync(`${agent.folder}/env`, 'B=later\n');
  assert.equal(await out(['sh', '-c', 'echo $B']), 'later');
  fs.writeFileSync(`${agent.folder}/mine`, '#!/bin/sh\necho mine', { mode: 0o755 });
  assert.equal(await out(['mine'], { env: { PATH: `${agent.folder}:/bin` } }), 'mine');
  const prepare = {
    op: 'prepare',
    hostname: 'h',
    machineId: '',
    mac: '',
    env: { S: 'box', B: 'box' },
    growRoot: false,
  } as const;
  assert.deepEqual((await agent.ask(prepare)).message('prepared').report, [{ name: 'h', ok: true, ms: 0 }]);
  assert.equal(await out(['sh', '-c', 'echo $S $B']), 'box later');
});

test('groups are the user’s own', async (t) => {
  const agent = await GuestAgent.start(t);
  const wanted = await agent.exec(['sh', '-c', 'id -G www-data']);
  const got = await agent.exec(['id', '-G'], { user: 'www-data' });
  assert.equal(got.text(1), wanted.text(1));
  assert.notEqual(got.text(1), '');
});

test('stdin arrives whole and ends', async (t) => {
  const agent = await GuestAgent.start(t);
  const call = agent.call(sh('wc -c; cat /proc/self/fd/0 | wc -c', { stdin: true }));
  await call.send(new Uint8Array(3_000_000));
  assert.equal(await call.closed, undefined);
  assert.deepEqual([call.exit, call.text(1)], ['code 0', '3000000\n0\n']);
});

test('stdin that nobody reads is no error', async (t) => {
  const agent = await GuestAgent.start(t);
  const call = agent.call(sh('exec 0<&-; exec true', { stdin: true }));
  await call.send(new Uint8Array(3_000_000));
  assert.deepEqual([await call.closed, call.exit], [undefined, 'code 0']);
});

test('signals reach the group of the command', async (t) => {
  const agent = await GuestAgent.start(t);
  const call = agent.call(sh('trap "echo caught; exit 3" USR1; echo ready; while :; do sleep 0.05; done'));
  await until('it is ready', () => call.text(1) === 'ready\n');
  call.stream.message({ is: 'signal', signal: 'SIGUSR1' });
  await call.closed;
  assert.deepEqual([call.exit, call.text(1)], ['code 3', 'ready\ncaught\n']);
});

test('SIGKILL reaches all that the command started', { skip: noCgroups }, async (t) => {
  const agent = await GuestAgent.start(t);
  const call = agent.call(sh('setsid setsid sleep 100 & sleep 100'));
  await until('both run', () => childrenNamed(agent, 'sleep').length === 2);
  call.stream.message({ is: 'signal', signal: 'SIGKILL' });
  await call.closed;
  assert.equal(call.exit, 'SIGKILL');
  await until('both are gone', () => childrenNamed(agent, 'sleep').length === 0);
  await until('the cgroup is gone', () => agent.cgroups().length === 0);
});

/** Processes below the agent with that name. */
function childrenNamed(agent: GuestAgent, name: string): number[] {
  const found: number[] = [];
  const children = (pid: number): void => {
    const text = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    for (const child of text.split(' ').filter(Boolean).map(Number)) {
      if (!isRunning(child)) continue;
      if (fs.readFileSync(`/proc/${child}/comm`, 'utf8').trim() === name) found.push(child);
      children(child);
    }
  };
  children(agent.process.pid ?? 0);
  return found;
}

test('a timeout ends the whole tree, and says so', async (t) => {
  const agent = await GuestAgent.start(t);
  const call = await agent.ask(sh('(trap "" TERM; setsid sleep 100) & sleep 100', { timeoutMs: 100 }));
  assert.equal(call.exit, 'SIGTERM, timed out');
  if (!noCgroups) await until('all are gone', () => childrenNamed(agent, 'sleep').length === 0);
});

test('a command that is given up gets SIGHUP', async (t) => {
  const agent = await GuestAgent.start(t);
  const file = `${agent.folder}/hup`;
  const call = agent.call(sh(`trap 'echo hup > ${file}; exit' HUP; echo ready; while :; do sleep 0.05; done`));
  await until('it is ready', () => call.text(1) === 'ready\n');
  const pid = call.message('started').pid;
  call.stream.close();
  await until('it is gone', () => !isRunning(pid));
  assert.equal(fs.readFileSync(file, 'utf8'), 'hup\n');
});

test('a background program does not hold up the exec, and lives on', async (t) => {
  const agent = await GuestAgent.start(t);
  const file = `${agent.folder}/later`;
  const start = Date.now();
  const call = await agent.ask(sh(`(echo one; sleep 1; echo two; echo alive > ${file}) & echo zero`));
  assert.ok(Date.now() - start < 900, 'it waited for the program in the background');
  assert.deepEqual([call.exit, [...call.text(1).split('\n')].sort()], ['code 0', ['', 'one', 'zero']]);
  await until('the program goes on although nobody reads', () => fs.existsSync(file));
});

test('what a short-lived background program writes is not lost', async (t) => {
  const agent = await GuestAgent.start(t);
  const call = await agent.ask(sh('(sleep 0.1; echo late) & echo early'));
  assert.equal(call.text(1), 'early\nlate\n');
});

test('200 commands at once', async (t) => {
  const agent = await GuestAgent.start(t);
  await agent.exec(['true']);
  const before = await agent.descriptorsAtRest();
  const calls = await Promise.all(
    Array.from({ length: 200 }, (_, n) => agent.ask(sh(`echo ${n}; sleep 0.2; exit ${n}`))),
  );
  calls.forEach((call, n) => {
    assert.deepEqual([call.text(1), call.exit], [`${n}\n`, `code ${n}`]);
  });
  assert.equal(await agent.descriptorsAtRest(), before);
  assert.deepEqual(agent.errors, []);
});

test('many short commands leave nothing behind', async (t) => {
  const agent = await GuestAgent.start(t);
  for (let n = 0; n < 50; n++) await agent.exec(['true']);
  const [descriptors, memory] = [await agent.descriptorsAtRest(), agent.residentKib()];
  for (let n = 0; n < 500; n++) await agent.exec(['true']);
  assert.equal(await agent.descriptorsAtRest(), descriptors);
  assert.ok(agent.residentKib() - memory < 512, `grew from ${memory} to ${agent.residentKib()} KiB`);
  assert.deepEqual(agent.cgroups(), []);
});
