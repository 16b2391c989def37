/** PID 1 executes itself anew, after a crash or on purpose, and services, jobs, timers, the journal and execs go on. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { exitOf, labMachine, textOf } from '../engine/lab.ts';
import { until } from '../until.ts';

const ID = 'immortal';

const NOTIFY =
  'IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $$ENV{NOTIFY_SOCKET})->send("READY=1\\nSTATUS=here"); sleep';
const UNITS: Readonly<Record<string, string>> = {
  'counter.service':
    "[Service]\nExecStart=/bin/sh -c 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo line $i; done; exec sleep infinity'\n",
  'again.service': '[Service]\nExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=100ms\nStartLimitBurst=0\n',
  'later.service': '[Service]\nExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=10s\n',
  'slow.service':
    "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'until [ -e /run/go ]; do sleep 0.1; done'\n",
  'after-slow.service': '[Unit]\nAfter=slow.service\nRequires=slow.service\n[Service]\nExecStart=/bin/sleep infinity\n',
  'mortal.service': '[Service]\nExecStart=/bin/sleep infinity\n',
  'ready.service': `[Service]\nType=notify\nExecStart=/bin/sh -c 'until [ -e /run/ready ]; do sleep 0.1; done; exec perl -MIO::Socket -e "$$0" "$$1"' '${NOTIFY}'\n`,
};

const { engine, output, consoleText } = labMachine(ID, { units: UNITS, scripts: ['systemctl start again mortal'] });

const show = (unit: string, property: string): Promise<string> => output(`systemctl show -P ${property} ${unit}`);
const images = (): number => consoleText().match(/lohar: executed again/g)?.length ?? 0;

/** Does it, and waits until PID 1 is another image of itself that answers. The command's own exec survives. */
async function again(how: string): Promise<void> {
  const before = images();
  await output(how);
  // An allocation that is to fail must be made.
  const isBack = async (): Promise<boolean> => (await output('echo yes')) === 'yes' && images() > before;
  await until('PID 1 is there again', isBack, 60_000);
}

/** What daemon-reexec takes over without a crash is sound: a crash is the first of its kind again. */
const sound = (): Promise<void> => again('systemctl daemon-reexec');

const ways: readonly (readonly [name: string, how: string])[] = [
  ['a crash', 'kill -SEGV 1'],
  ['a JavaScript heap without memory left', 'kill -RTMIN+18 1'],
  ['a callback that hangs', 'kill -RTMIN+17 1'],
];
test('services, counters, jobs and timers are as they were, however PID 1 ended', async () => {
  await output('systemctl start --no-block after-slow ready; kill -9 "$(systemctl show -P MainPID again)"');
  await until('it was restarted', async () => (await show('again', 'NRestarts')) === '1');
  const facts = () =>
    output(
      'systemctl show -p MainPID,NRestarts,ActiveState,SubState,InvocationID,ActiveEnterTimestampMonotonic again mortal slow ready; systemctl list-jobs --no-legend',
    );
  await until('it runs again', async () => (await show('again', 'SubState')) === 'running');
  const before = await facts();
  assert.match(before, /after-slow.service +start +waiting/);
  for (const [name, how] of ways) {
    await again(how);
    assert.equal(await facts(), before, `after ${name}`);
    await sound();
    assert.equal(await facts(), before, 'after daemon-reexec');
  }
  await output('touch /run/go /run/ready; kill -9 "$(systemctl show -P MainPID mortal)"');
  await until('the job that waited is done', async () => (await show('after-slow', 'ActiveState')) === 'active');
  await until('an end is noticed', async () => (await show('mortal', 'Result')) === 'signal');
  await until('what a service says is heard', async () => (await show('ready', 'StatusText')) === 'here');
});

test('a restart that is due later comes', async () => {
  await output('systemctl start later; kill -9 "$(systemctl show -P MainPID later)"');
  await until('it waits to restart', async () => (await show('later', 'SubState')) === 'auto-restart');
  await again('systemctl daemon-reexec');
  assert.equal(await show('later', 'SubState'), 'auto-restart');
  await until('it is restarted', async () => (await show('later', 'SubState')) === 'running');
});

test('no line of a journal is lost or doubled', async () => {
  await output('systemctl start --no-block counter');
  await again('kill -SEGV 1');
  const expected = Array.from({ length: 3000 }, (_, i) => `line ${i + 1}`);
  const lines = async () =>
    (await output('journalctl -u counter -o cat')).split('\n').filter((line) => /^line/.test(line));
  await until('all is written', async () => (await lines()).length >= expected.length);
  assert.deepEqual(await lines(), expected);
  await output('logger -t after still here');
  await until('the syslog socket is read', async () => (await output('journalctl -t after -o cat')) === 'still here');
  await sound();
});

const COUNTING =
  'i=0; until [ -e /run/enough ] && [ $i -ge 50 ]; do i=$((i+1)); echo $i; sleep 0.02; done; echo "the end" >&2; cat; exit 7';

test('an exec that runs through a crash keeps its input and output and ends with its true exit code', async () => {
  const agent = await engine().agent(ID);
  const stream = agent.open({ op: 'exec', argv: ['/bin/sh', '-c', COUNTING], env: {}, stdin: true, user: 'root' });
  const [counted, said] = [textOf(stream, 1), textOf(stream, 2)];
  await stream.write(0, Buffer.from('before, '));
  await again('kill -SEGV 1');
  await stream.write(0, Buffer.from('after'));
  stream.end(0);
  await sound();
  await output('touch /run/enough');
  assert.deepEqual(await exitOf(stream), { code: 7 });
  const numbers = (await counted).split('\n');
  assert.equal(numbers.pop(), 'before, after');
  assert.deepEqual(
    numbers,
    Array.from(numbers, (_, n) => String(n + 1)),
  );
  assert.ok(numbers.length >= 50);
  assert.equal(await said, 'the end\n');
});

test('a session keeps its scrollback, its client and its terminal', async () => {
  const agent = await engine().agent(ID);
  const tty = { rows: 24, cols: 80, term: 'xterm' };
  const argv = ['/bin/sh', '-c', 'stty -echo; echo ready; read a; echo "got $a"; read b; echo "and $b"; exit 3'];
  const stream = agent.open({ op: 'exec', argv, env: {}, stdin: true, user: 'root', tty, session: 'kept' });
  const text = textOf(stream, 1);
  await stream.write(0, Buffer.from('one\n'));
  await again('kill -SEGV 1');
  const other = agent.open({ op: 'attach', session: 'kept', rows: 24, cols: 80 });
  const seen = textOf(other, 1);
  await assert.rejects(exitOf(stream), { code: 'session.taken' });
  await assert.rejects(text);
  await other.write(0, Buffer.from('two\n'));
  assert.deepEqual(await exitOf(other), { code: 3 });
  assert.equal((await seen).replaceAll('\r', '').replace(/^one\n/, ''), 'ready\ngot one\nand two\n');
  await sound();
});

test('the binary can be replaced', async () => {
  await output('cp /usr/local/bin/lohar /usr/local/bin/lohar.new && mv /usr/local/bin/lohar.new /usr/local/bin/lohar');
  assert.match(await output('readlink /proc/1/exe'), /deleted/);
  await again('systemctl daemon-reexec');
  assert.equal(await output('readlink /proc/1/exe'), '/usr/local/bin/lohar');
});

test('a second crash at once: services are left alone, the host still gets in, and it is said', async () => {
  await output('systemctl start mortal');
  const pid = await show('mortal', 'MainPID');
  await again('kill -SEGV 1');
  await again('kill -SEGV 1');
  assert.equal(await output(`cat /proc/${pid}/comm`), 'sleep');
  await output(`(sleep 0.1 & exit 0); kill -9 ${pid}`);
  const message = /PID 1 crashed twice within seconds: services are left alone for 30 s/;
  assert.match(await output('grep -h . /var/log/bhatti/system.log'), message);
  assert.match((await engine().status(ID)).trouble ?? '', message);
  await again('kill -RTMIN+25 1'); // half a minute earlier than by itself
  await until('the end of a service is known', async () => (await show('mortal', 'Result')) === 'signal');
  assert.equal((await engine().status(ID)).trouble, undefined);
});

test('after all that the machine powers off in order', async () => {
  await output('systemctl poweroff').catch(() => undefined);
  await until('it has ended', async () => (await engine().status(ID)).state !== 'running');
  const { state, reason } = await engine().status(ID);
  assert.deepEqual([state, reason], ['stopped', 'guest powered off']);
  assert.doesNotMatch(consoleText(), /panic/i);
});
