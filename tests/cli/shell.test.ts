/** Terminals: the real program on a real terminal, a shell in a real machine behind it. */
import assert from 'node:assert/strict';
import test, { after, before, type TestContext } from 'node:test';
import { until } from '../until.ts';
import { type Lab, openLab } from './lab.ts';
import { Terminal } from './terminal.ts';

const DETACH = '\x1c';
let lab: Lab;
before(async () => {
  lab = openLab();
  await lab.ok('create', 'dev');
});
after(() => lab.close());

function open(t: TestContext, args: readonly string[], also?: string): Terminal {
  const terminal = Terminal.bhatti(lab, args, also);
  t.after(() => terminal.kill());
  return terminal;
}

test('shell is a login shell on a terminal of our size, and ends with its code', async (t) => {
  const terminal = open(t, ['shell', 'dev']);
  await terminal.sees(/lohar@dev:.*\$ $/);
  terminal.type('echo "<$(stty size) $TERM $(id -un) $PWD>"; tty -s && shopt -q login_shell && echo ye""s\r');
  await terminal.sees(/<30 100 xterm lohar \/workspace>\nyes/);
  terminal.type('exit 3\r');
  assert.equal(await terminal.ended(), 3);
});

test('keys are keys: Ctrl+C ends the command in the guest, not us', async (t) => {
  const terminal = open(t, ['shell', 'dev', '--new']);
  await terminal.sees(/\$ $/);
  terminal.type('sleep 1000\r');
  await until('sleep runs', async () => (await lab.run(['exec', 'dev', '--', 'pgrep', '-x', 'sleep'])).code === 0);
  terminal.type('\x03');
  await terminal.sees(/\^C[\s\S]*\$ $/);
  terminal.type('exit\r');
  assert.equal(await terminal.ended(), 130);
});

test('Ctrl+\\ leaves the shell running, and the next one goes on with it and shows what it wrote', async (t) => {
  const first = open(t, ['shell', 'dev', '--new']);
  await first.sees(/\$ $/);
  first.type('MARK=4711; (sleep 1; echo "written while nobody looked") & echo st""arted\r');
  await first.sees(/started/);
  first.type(DETACH);
  await first.sees(/detached from (s\d+); go on with: bhatti shell dev --session \1/);
  assert.equal(await first.ended(), 0);

  const second = open(t, ['shell', 'dev']);
  await second.sees(/started[\s\S]*written while nobody looked/);
  second.type('echo "<$MARK>"\r');
  await second.sees(/<4711>/);
  second.type('exit 0\r');
  assert.equal(await second.ended(), 0);
});

test('a session goes on without its client when that is killed', async (t) => {
  const first = open(t, ['shell', 'dev', '--new']);
  await first.sees(/\$ $/);
  first.type('echo "begun $((40+2))"\r');
  await first.sees(/begun 42/);
  first.kill();
  const second = open(t, ['shell', 'dev']);
  await second.sees(/begun 42/);
  second.type('exit 5\r');
  assert.equal(await second.ended(), 5);
});

test('a terminal goes on by itself when its daemon was killed, and shows each line once', async (t) => {
  const terminal = open(t, ['shell', 'dev', '--new']);
  await terminal.sees(/\$ $/);
  terminal.type('MARK=12; for n in $(seq 30); do echo "line $n."; sleep 0.1; done; echo "al""l"\r');
  await terminal.sees(/line 5\./);
  await lab.endDaemon('SIGKILL');
  terminal.type('echo "<$((MARK + 1))>"; exit 7\r'); // typed while no daemon is there, or just back
  assert.equal(await terminal.ended(), 7);
  const shown = terminal.screen;
  const lines = [...shown.matchAll(/^line (\d+)\.$/gm)].map(([, n]) => Number(n));
  assert.deepEqual(
    lines,
    Array.from({ length: 30 }, (_, n) => n + 1),
  );
  assert.match(shown, /^all\n[\s\S]*^<13>$/m);
});

test('who attaches to a session that somebody has takes it over', async (t) => {
  const first = open(t, ['shell', 'dev', '--new']);
  await first.sees(/\$ $/);
  const [, id = ''] = /^(s\d+) +attached/m.exec(await lab.ok('ps', 'dev')) ?? [];
  const second = open(t, ['shell', 'dev', '--session', id]);
  await second.sees(/\$ $/);
  assert.equal(await first.ended(), 125);
  assert.match(first.text, /another client attached to it/);
  second.type('exit\r');
  assert.equal(await second.ended(), 0);
});

test('our terminal is given back as it was', async (t) => {
  for (const leave of ['exit\r', DETACH]) {
    const terminal = open(t, ['shell', 'dev', '--new'], 'stty -a | grep -o -- "-\\?\\(icanon\\|echo\\|isig\\) "');
    await terminal.sees(/\$ $/);
    terminal.type(leave);
    await terminal.ended();
    assert.match(terminal.text, /(^|\n)isig ?\nicanon ?\necho ?\n/);
  }
});

test('exec -t gives a command a terminal', async (t) => {
  const terminal = open(t, ['exec', '-t', 'dev', '--', 'sh', '-c', 'stty size; read line; echo "got $line"; exit 4']);
  await terminal.sees(/30 100/);
  terminal.type('hello\r');
  await terminal.sees(/got hello/);
  assert.equal(await terminal.ended(), 4);
});

test('destroy asks on a terminal, and does nothing unless the answer is yes', async (t) => {
  const first = open(t, ['destroy', 'dev']);
  await first.sees(/destroy dev\? \[y\/N\] $/);
  first.type('n\r');
  assert.equal(await first.ended(), 130);
  assert.match(first.text, /Error: cannot destroy: the answer was no/);
  assert.equal(await lab.ok('list', '-q'), 'dev\n');
});
