/** Commands and connections whose client, daemon and guest lose each other again and again: every byte comes once, and the exit code is true. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import test, { after, before } from 'node:test';
import { type Lab, openLab, outcome } from '../cli/lab.ts';
import { Terminal } from '../cli/terminal.ts';
import { linesOf } from '../lines.ts';
import { until } from '../until.ts';

let lab: Lab;

before(async () => {
  lab = openLab();
  await lab.ok('create', 'dev', '--keep-hot');
});
after(() => lab.close());

/** Everything that may come between, each while lines still come. @param lines how many have come */
async function disturb(lines: () => number): Promise<void> {
  const disturbances: [name: string, act: () => Promise<unknown>][] = [
    ['a pause', async () => [await lab.ok('pause', 'dev'), await lab.ok('resume', 'dev')]],
    ['the daemon killed', async () => [await lab.endDaemon('SIGKILL'), await lab.ok('list')]],
    ['a cold stop', async () => [await lab.ok('stop', 'dev'), await lab.ok('start', 'dev')]],
    ['the daemon told to end', async () => [await lab.endDaemon('SIGTERM'), await lab.ok('list')]],
    [
      'the daemon killed while it is cold',
      async () => [await lab.ok('stop', 'dev'), await lab.endDaemon('SIGKILL'), await lab.ok('start', 'dev')],
    ],
  ];
  for (const [name, act] of disturbances) {
    await act();
    const before = lines();
    await until(`more lines come after ${name}`, () => lines() > before + 1);
  }
}

const numbers = (to: number, before = ''): string =>
  Array.from({ length: to }, (_, n) => `${before}${n + 1}\n`).join('');

test('a command that prints a counter', async () => {
  const script = 'n=0; until [ -e /tmp/done ]; do n=$((n+1)); echo $n; echo e$n >&2; sleep 0.1; done; exit 7';
  const child = lab.begin(['exec', 'dev', '--', 'sh', '-c', script]);
  const ended = outcome(child);
  const lines = linesOf(child.stdout);
  await disturb(() => lines.length);
  await lab.ok('exec', 'dev', '--', 'touch', '/tmp/done');
  const { code, stdout, stderr } = await ended;
  assert.equal(stdout, numbers(lines.length));
  assert.equal(stderr, numbers(lines.length, 'e'));
  assert.equal(code, 7);
});

test('a command that reads a counter', async () => {
  const child = lab.begin(['exec', 'dev', '--', 'sh', '-c', 'while read n; do echo $n; done; exit 3'], { open: true });
  const ended = outcome(child);
  let written = 0;
  const writing = setInterval(() => child.stdin?.write(`${++written}\n`), 50);
  const lines = linesOf(child.stdout);
  await disturb(() => lines.length).finally(() => clearInterval(writing));
  child.stdin?.end();
  const { code, stdout } = await ended;
  assert.equal(stdout, numbers(written));
  assert.equal(code, 3);
});

test('a connection to a port', async (t) => {
  const echo =
    '$| = 1; $s = IO::Socket::INET->new(Listen => 5, LocalPort => 7000) or die; $c = $s->accept; print $c $_ while <$c>';
  await lab.ok('exec', 'dev', '--', 'sh', '-c', `setsid perl -MIO::Socket::INET -e '${echo}' >/dev/null 2>&1 &`);
  await lab.ok('exec', 'dev', '--', 'sh', '-c', 'until grep -q :1B58 /proc/net/tcp; do :; done');
  const forward = lab.begin(['forward', 'dev', '0:7000']);
  t.after(() => forward.kill('SIGKILL'));
  const [said] = (await once(forward.stdout ?? forward, 'data')) as [string];
  const socket = connect({ port: Number(/:(\d+) ->/.exec(String(said))?.[1]), host: '127.0.0.1' }).setEncoding('utf8');
  const all = text(socket);
  let written = 0;
  const writing = setInterval(() => socket.write(`${++written}\n`), 50);
  const lines = linesOf(socket);
  await disturb(() => lines.length).finally(() => clearInterval(writing));
  socket.end();
  assert.equal(await all, numbers(written));
});

test('a shell, whose sandbox is woken by a key', async (t) => {
  const terminal = Terminal.bhatti(lab, ['shell', 'dev', '--new']);
  t.after(() => terminal.kill());
  await terminal.sees(/\$ $/);
  terminal.type('MARK=12; n=0; until [ -e /tmp/end ]; do n=$((n+1)); echo "line $n."; sleep 0.1; done; echo "al""l"\r');
  const shown = (): string[] => [...terminal.text.matchAll(/^line (\d+)\.\r?$/gm)].map(([, n]) => n ?? '');
  await disturb(() => shown().length);
  await lab.ok('exec', 'dev', '--', 'touch', '/tmp/end');
  await terminal.sees(/\nall\n[\s\S]*\$ $/);
  assert.equal(`${shown().join('\n')}\n`, numbers(shown().length));
  await lab.ok('stop', 'dev');
  await lab.endDaemon('SIGKILL');
  assert.match(await lab.ok('list'), /^dev +cold/m);
  terminal.type('echo "<$((MARK + 1))>"; ');
  terminal.type('exit 7\r');
  await terminal.sees(/<13>/);
  assert.equal(await terminal.ended(), 7);
});

test('nobody who waits for a command wakes its sandbox, and one that is gone is told', async () => {
  const child = lab.begin(['exec', 'dev', '--', 'sh', '-c', 'echo begun; sleep 60']);
  const ended = outcome(child);
  const lines = linesOf(child.stdout);
  await until('it has begun', () => lines.length === 1);
  await lab.ok('stop', 'dev');
  await lab.endDaemon('SIGKILL');
  assert.match(await lab.ok('list'), /^dev +cold/m);
  await lab.ok('start', 'dev', '--cold-boot');
  const { code, stderr } = await ended;
  assert.equal(code, 125);
  assert.match(stderr, /^Error: cannot go on with the command: the guest does not know it\nTry: run it again$/m);
});
