/** Copies of a sandbox that runs: they go on where it was, are somebody else, and stand on nothing that it may take away. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test, { after, before } from 'node:test';
import { type Lab, openLab } from '../cli/lab.ts';
import { linesOf } from '../lines.ts';
import { until } from '../until.ts';

let lab: Lab;

before(async () => {
  lab = openLab();
  await lab.ok(
    'create',
    'dev',
    '--env',
    'TEAM=web',
    '--init',
    'while :; do echo x >>/dev/shm/counter; sleep 0.05; done',
  );
  await exec(
    'dev',
    'head -c 1M /dev/urandom >/dev/shm/noise; sha256sum /dev/shm/noise >/dev/shm/sum; echo dev >~/file',
  );
});
after(() => lab.close());

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n + 1));

const exec = (name: string, script: string): Promise<string> => lab.ok('exec', name, '--', 'sh', '-c', script);
const GOES_ON =
  'sha256sum --check --quiet /dev/shm/sum && cat ~/file; echo $TEAM; n=$(wc -l </dev/shm/counter); ' +
  'until [ $(wc -l </dev/shm/counter) -gt $n ]; do :; done; echo goes on';
/** What was written is read from the disk. */
const FROM_DISK = 'sudo sh -c "echo 1 >/proc/sys/vm/drop_caches"';
const WHO =
  'hostname; cat /etc/machine-id /sys/class/net/eth0/address /proc/sys/kernel/random/uuid; head -c 9 /dev/urandom | base64';

test('forks go on with memory, disk and processes, each with an identity of its own', async () => {
  const made = JSON.parse(await lab.ok('fork', 'dev', '--count', '2', '--json'));
  const names = made.sandboxes.map(({ name }: { name: string }) => name);
  assert.deepEqual(names, ['dev-1', 'dev-2']);
  assert.ok(made.pausedMs > 0);
  for (const { report, state } of made.sandboxes) {
    assert.deepEqual([state, report.from], ['running', 'fork']);
    assert.deepEqual(
      report.steps.filter(({ ok }: { ok: boolean }) => !ok),
      [],
    );
    assert.ok(
      !report.steps.some((step: { name: string }) => step.name === 'fork units'),
      'none has anything to do here',
    );
  }
  const identities = await Promise.all(
    ['dev', ...names].map(async (name) => (await exec(name, WHO)).trim().split('\n')),
  );
  assert.deepEqual(
    identities.map(([hostname]) => hostname),
    ['dev', 'dev-1', 'dev-2'],
  );
  for (const index of identities[0]?.keys() ?? [])
    assert.equal(
      new Set(identities.map((who) => who[index])).size,
      3,
      `line ${index} of ${JSON.stringify(identities)}`,
    );
  const all = ['dev', ...names];
  const goneOn = await Promise.all(all.map((name) => exec(name, `${GOES_ON}; echo ${name} >~/file; sync`)));
  assert.deepEqual(
    goneOn,
    all.map(() => 'dev\nweb\ngoes on\n'),
  );
  const kept = await Promise.all(all.map((name) => exec(name, `${FROM_DISK}; cat ~/file`)));
  assert.deepEqual(
    kept,
    all.map((name) => `${name}\n`),
  );
});

test('what runs for a client of the original runs in the fork for whoever attaches to it', async () => {
  const COUNTS = 'n=0; while :; do n=$((n+1)); echo $n; rm /tmp/trouble 2>&- && echo trouble >&2; sleep .1; done';
  const counted = lab.begin(['exec', 'dev', '--', 'sh', '-c', COUNTS]);
  const original = linesOf(counted.stdout);
  await until('it counts', () => original.length > 5);
  await lab.ok('fork', 'dev', 'counting');
  const session = JSON.parse(await lab.ok('ps', 'counting', '--json')).sessions.find(
    ({ tty }: { tty: boolean }) => !tty,
  );
  assert.deepEqual([session.argv, session.user, session.attached], [['sh', '-c', COUNTS], 'lohar', false]);
  const attached = lab.begin(['shell', 'counting', '--session', session.id]);
  const copy = linesOf(attached.stdout);
  await exec('counting', 'touch /tmp/trouble');
  const now = original.length;
  await until('both count on', () => Math.min(copy.length, original.length) > now + 10);
  assert.equal(copy.filter((line) => line === 'trouble').length, 1);
  assert.deepEqual(
    copy.filter((line) => line !== 'trouble'),
    numbers(copy.length - 1),
  );
  assert.deepEqual(original, numbers(original.length));
  await lab.ok('ps', 'counting', '--kill', session.id);
  assert.equal((await once(attached, 'close'))[0], 143);
  counted.kill('SIGINT');
  await lab.ok('destroy', 'counting');
});

test('a fork unit that the original got after its own start runs in its forks, in each once', async () => {
  const UNIT =
    '[Service]\\nType=oneshot\\nExecStart=/bin/sh -c "hostname >>/var/own"\\n[Install]\\nWantedBy=bhatti-fork.target';
  await exec('dev-2', `printf '${UNIT}' | sudo tee /etc/systemd/system/own.service && sudo systemctl enable own`);
  await lab.ok('fork', 'dev-2', 'own-1');
  await lab.ok('fork', 'own-1', 'own-2');
  assert.equal(await exec('own-2', 'cat /var/own'), 'own-1\nown-2\n');
  await lab.ok('destroy', 'own-1', 'own-2', '--yes');
});

test('a fork outlives what it was forked from, is forked itself, saved and booted', async () => {
  await lab.ok('destroy', 'dev', 'dev-2', '--yes');
  assert.match(await lab.ok('fork', 'dev-1', 'child'), /^sandbox\/child forked from dev-1 \(in \d/);
  await lab.ok('destroy', 'dev-1');
  await lab.ok('stop', 'child');
  assert.equal(await exec('child', 'cat ~/file; sha256sum --check --quiet /dev/shm/sum && echo same'), 'dev-1\nsame\n');
  await lab.ok('stop', 'child', '--poweroff');
  await lab.ok('start', 'child');
  assert.equal(await exec('child', 'hostname; cat ~/file'), 'child\ndev-1\n');
});

test('one that is warm or cold is forked as well; a name that is taken leaves nothing', async () => {
  await lab.ok('pause', 'child');
  await lab.ok('fork', 'child', 'of-warm');
  assert.match(await lab.ok('list'), /^child +warm/m);
  await lab.ok('stop', 'child');
  await lab.ok('fork', 'child', 'of-cold');
  for (const name of ['of-warm', 'of-cold']) assert.equal(await exec(name, 'hostname; cat ~/file'), `${name}\ndev-1\n`);
  const { code, stderr } = await lab.run(['fork', 'child', 'of-cold']);
  assert.equal(code, 125);
  assert.match(stderr, /^Error: cannot name a sandbox of-cold: there is one of that name$/m);
  assert.equal((await lab.ok('list', '-q')).trim(), 'child\nof-warm\nof-cold');
});
