import type { Fd, SpawnSpec, WaitStatus } from '../sys.ts';
import { SpawnError } from '../sys.ts';
import assert from '../test-kit/assert.ts';
import { temporaryFolder } from '../test-kit/folder.ts';
import anyTest, { runtime, type TestContext } from '../test-kit/test.ts';
import * as calls from './child-calls.ts';
import { ERRNO, O_RDONLY, O_RDWR, SIGNALS } from './constants.ts';
import { attempt } from './kernel.ts';

/** qemu-user lacks clone3. */
const canSpawn = attempt('clone3', 0, 0) !== -ERRNO.ENOSYS;
function test(name: string, body: (context: TestContext) => void | Promise<void>): void {
  if (canSpawn) anyTest(name, body);
  else anyTest.skip(name, 'no clone3');
}

const SHELL = { path: '/bin/sh', env: ['PATH=/usr/bin:/bin'], calls: [] } as const;
const isRoot = (): boolean => runtime().sys.identity().uid === 0;

function exitOf(pid: number): Promise<WaitStatus> {
  return new Promise((done) => runtime().loop.onExit(pid, done));
}

/** Reads until the end. */
function readAll(fd: Fd): Promise<string> {
  const { sys, loop } = runtime();
  const buffer = new Uint8Array(65536);
  let text = '';
  return new Promise((done) => {
    const watch = loop.watch(fd, 'in', () => {
      const size = sys.read(fd, buffer);
      if (size > 0) text += sys.decode(buffer.subarray(0, size));
      if (size !== 0) return;
      watch.stop();
      sys.close(fd);
      done(text);
    });
  });
}

/** Runs a shell script; its stdin is /dev/null, its output comes back. */
async function shell(script: string, spec: Partial<SpawnSpec> = {}): Promise<{ out: string; status: WaitStatus }> {
  const { sys } = runtime();
  const nothing = sys.open('/dev/null', O_RDWR);
  const { read, write } = sys.pipe();
  sys.setNonBlocking(write, false);
  const pid = sys.spawn({ ...SHELL, argv: ['sh', '-c', script], fds: [nothing, write, write], ...spec });
  sys.close(nothing);
  sys.close(write);
  const [out, status] = await Promise.all([readAll(read), exitOf(pid)]);
  return { out, status };
}

test('a child has its arguments, environment and nothing else', async () => {
  const { sys } = runtime();
  const odd = sys.decode(Uint8Array.of(0xff, 0x41));
  const { out, status } = await shell('printf "%s|" "$0" "$1" "$A"', {
    argv: ['sh', '-c', 'printf "%s|" "$0" "$1" "$A"', 'zero', odd],
    env: ['A=b c'],
  });
  assert.equal(out, `zero|${odd}|b c|`);
  assert.equal('code' in status && status.code, 0);
});

test('exit codes and signals are told', async () => {
  const exited = await shell('exit 7');
  assert.deepEqual('code' in exited.status && exited.status.code, 7);
  const killed = await shell('kill -TERM $$');
  assert.deepEqual('signal' in killed.status && [killed.status.signal, killed.status.core], [SIGNALS.TERM, false]);
});

test('a child starts with no blocked and no ignored signals, though its parent has both', async () => {
  runtime().loop.onSignal(SIGNALS.USR2, () => {});
  const { out } = await shell('grep -E "^Sig(Blk|Ign)" /proc/self/status');
  assert.match(out, /^SigBlk:\t0{16}\nSigIgn:\t0{16}\n$/);
});

test('only the given descriptors are open, whatever numbers they had', async () => {
  const { sys } = runtime();
  const extra = sys.dup(0);
  sys.setCloseOnExec(extra, false);
  const { out } = await shell('ls /proc/self/fd | tr "\\n" " "; readlink /proc/self/fd/0');
  // 3 is ls reading the folder.
  assert.equal(out, '0 1 2 3 /dev/null\n');
  sys.close(extra);
});

test("descriptors that stand in each other's way are exchanged", async () => {
  const { sys } = runtime();
  const a = sys.pipe();
  sys.setNonBlocking(a.write, false);
  const nothing = sys.open('/dev/null', O_RDWR);
  // Low numbers on purpose: 1 and 2 of this process become 2 and 1 of the child, and 0 appears twice.
  const pid = sys.spawn({
    ...SHELL,
    argv: ['sh', '-c', 'out=$(readlink /proc/$$/fd/1 /proc/$$/fd/2 /proc/$$/fd/3 /proc/$$/fd/5); echo "$out" >&4'],
    fds: [nothing, 2, 1, 0, a.write, 0],
  });
  sys.close(a.write);
  const [out] = await Promise.all([readAll(a.read), exitOf(pid)]);
  const own = [2, 1, 0, 0].map((fd) => sys.readlink(`/proc/self/fd/${fd}`));
  assert.equal(out, `${own.join('\n')}\n`);
  sys.close(nothing);
});

test('a program that is missing, is no program, or has a NUL in its arguments', () => {
  const { sys } = runtime();
  const spawn = (spec: Partial<SpawnSpec>) => () => sys.spawn({ ...SHELL, argv: ['x'], fds: [], ...spec });
  assert.throws(spawn({ path: '/nowhere' }), { code: 'ENOENT', exit: 203, message: 'execve /nowhere: ENOENT' });
  assert.throws(spawn({ path: '/etc/passwd' }), { code: 'EACCES', exit: 203 });
  assert.throws(spawn({ argv: ['a\0b'] }), { code: 'EINVAL' });
});

test("the step that fails is named and gives systemd's status; nothing is left to reap", async () => {
  const { sys } = runtime();
  const spawn = (steps: SpawnSpec['calls']) => () => sys.spawn({ ...SHELL, argv: ['sh'], fds: [], calls: steps });
  assert.throws(spawn([calls.chdir('/nowhere')]), { message: 'chdir /nowhere: ENOENT', exit: 200 });
  assert.throws(spawn([calls.setsid(), calls.chroot('/etc/passwd')]), { code: 'ENOTDIR', exit: 210 });
  assert.throws(() => sys.spawn({ ...SHELL, argv: ['sh'], fds: [999_999] }), { code: 'EBADF', exit: 202 });
  assert.throws(() => sys.spawn({ ...SHELL, argv: ['sh'], fds: [], cgroup: 0 }), { exit: 219 });
  const pid = sys.spawn({
    ...SHELL,
    argv: ['sh', '-c', 'exit 3'],
    fds: [],
    calls: [{ ...calls.chdir('/x'), optional: true }],
  });
  const status = await exitOf(pid);
  assert.equal('code' in status && status.code, 3);
});

test('steps: session, folder, umask, limits, priority', async (t) => {
  const folder = temporaryFolder(t);
  const { out } = await shell(
    'pwd; umask; ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj; cut -d" " -f6 /proc/$$/stat',
    {
      calls: [
        calls.setsid(),
        calls.chdir(folder),
        calls.umask(0o27),
        calls.limit('NOFILE', 123, 456),
        ...calls.oomScoreAdjust(500),
        calls.cpuAffinity([0]),
        calls.noNewPrivileges(),
        calls.parentDeathSignal(SIGNALS.KILL),
      ],
    },
  );
  const [pwd, umask, soft, hard, score, session] = out.split('\n');
  assert.deepEqual([pwd, umask, soft, hard, score], [folder, '0027', '123', '456', '500']);
  assert.notEqual(session, '0');
});

test('credentials: user, group and supplementary groups', async () => {
  if (!isRoot()) return;
  const { out } = await shell('id -u; id -g; id -G; touch /proc/nothing 2>/dev/null || echo "no right"', {
    calls: calls.becomeUser({ uid: 1234, gid: 2345, groups: [2345, 27, 4] }),
  });
  assert.equal(out, '1234\n2345\n2345 4 27\nno right\n');
  const none = await shell('id -G', { calls: calls.becomeUser({ uid: 1, gid: 1, groups: [] }) });
  assert.equal(none.out, '1\n');
});

test('a terminal becomes the controlling one of its session', async () => {
  const { sys } = runtime();
  const { master, slave } = sys.openPty(30, 90);
  const pid = sys.spawn({
    ...SHELL,
    argv: ['sh', '-c', 'stty size </dev/tty; tty'],
    fds: [slave, slave, slave],
    calls: [calls.setsid(), calls.controllingTerminal(slave)],
  });
  sys.close(slave);
  const status = await exitOf(pid);
  assert.equal('code' in status && status.code, 0);
  const buffer = new Uint8Array(100);
  const out = sys.decode(buffer.subarray(0, sys.read(master, buffer)));
  assert.match(out, /^30 90\r\n\/dev\/pts\/\d+\r\n$/);
  sys.close(master);
});

test('a namespace of another process is entered by its descriptor, though its number is wanted for something else', async () => {
  if (!isRoot()) return;
  const { sys } = runtime();
  const other = sys.spawn({ ...SHELL, argv: ['sh', '-c', 'sleep 60'], fds: [], calls: [calls.unshare(0x4000000)] });
  const uts = sys.open(`/proc/${other}/ns/uts`, O_RDONLY);
  const fds = Array.from({ length: uts + 1 }, () => 1);
  const { read, write } = sys.pipe();
  fds[1] = write;
  const pid = sys.spawn({
    ...SHELL,
    argv: ['sh', '-c', 'readlink /proc/self/ns/uts'],
    fds,
    calls: [calls.enterNamespace(uts, 0x4000000)],
  });
  sys.close(write);
  const [out] = await Promise.all([readAll(read), exitOf(pid)]);
  assert.equal(out, `${sys.readlink(`/proc/${other}/ns/uts`)}\n`);
  assert.notEqual(out, `${sys.readlink('/proc/self/ns/uts')}\n`);
  sys.kill(other, SIGNALS.KILL);
  await exitOf(other);
  sys.close(uts);
});

test('200 children at once, each with its own exit code', async () => {
  const { sys } = runtime();
  const codes = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const status = await exitOf(sys.spawn({ ...SHELL, argv: ['sh', '-c', `exit ${i}`], fds: [] }));
      return 'code' in status ? status.code : -1;
    }),
  );
  assert.deepEqual(
    codes,
    codes.map((_, i) => i),
  );
});

test('10,000 orphans are reaped and no zombie is left', async () => {
  const { sys, loop } = runtime();
  const PR_SET_CHILD_SUBREAPER = 36;
  sys.attempt('prctl', PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const script = 'i=0; while [ $i -lt 1000 ]; do (: & : &) ; i=$((i+1)); done';
  let reaped = 0;
  loop.onReap(() => reaped++);
  const parents = Array.from({ length: 5 }, () => sys.spawn({ ...SHELL, argv: ['sh', '-c', script], fds: [] }));
  await Promise.all(parents.map(exitOf));
  const own = sys.getpid();
  const children = () => sys.decode(sys.readFile(`/proc/${own}/task/${own}/children`, 1_000_000)).trim();
  await new Promise<void>((done) => {
    const look = (): void => {
      if (children() === '') done();
      else loop.after(5, look);
    };
    look();
  });
  sys.attempt('prctl', PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
  // a subshell that forks its second child may find its first dead and reap it itself: some eight of 10,000
  assert.ok(reaped >= 9_500, `${reaped} were reaped`);
});

test('a failed spawn is a SpawnError', () =>
  assert.throws(() => runtime().sys.spawn({ ...SHELL, path: '/nowhere', argv: [], fds: [] }), SpawnError));

test('variables that hold the pid of the child itself', async () => {
  const { sys } = runtime();
  const { read, write } = sys.pipe();
  const pid = sys.spawn({
    ...SHELL,
    argv: ['sh', '-c', 'echo $LISTEN_PID $SYSTEMD_EXEC_PID'],
    fds: [0, write],
    pidVariables: ['LISTEN_PID', 'SYSTEMD_EXEC_PID'],
  });
  sys.close(write);
  const [out] = await Promise.all([readAll(read), exitOf(pid)]);
  assert.equal(out, `${pid} ${pid}\n`);
});
