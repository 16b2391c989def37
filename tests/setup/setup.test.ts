/** `bhatti setup` of the installed package, on a machine that has nothing else of bhatti, with no systemd to run it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type BareMachine, openBareMachine } from './bare-machine.ts';
import { makePackage, makeRelease } from './package.ts';

const skip = process.getuid?.() === 0 ? false : 'only root can lay a root over another';
/** What the system's own programs leave when a user was made and removed. */
const TRACES = /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-?$|^\/etc\/\.pwd\.lock$/;
const RELEASE = { BHATTI_RELEASE: '/srv/release' };
const MEMBER = ['setpriv', '--reuid=bhatti', '--regid=bhatti', '--clear-groups', '--'];
const STRANGER = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];

let machine: BareMachine;
let bare: ReadonlySet<string>;
before(async () => {
  if (skip) return;
  const folder = mkdtempSync(join(tmpdir(), 'bh-package-'));
  try {
    machine = await openBareMachine();
    machine.lay(makePackage(folder), '/srv/bhatti.tgz');
    machine.lay(makeRelease(), '/srv/release');
  } finally {
    rmSync(folder, { recursive: true });
  }
  await machine.ok('npm', 'install', '--global', '--prefix', '/opt/bhatti', '/srv/bhatti.tgz');
  bare = new Set(machine.changed());
});
after(async () => {
  await machine?.[Symbol.asyncDispose]();
});

const left = (): string[] => machine.changed().filter((path) => !bare.has(path) && !TRACES.test(path));

test('the package that npm installed works outside the checkout', { skip }, async () => {
  assert.match(await machine.ok('bhatti', '--version'), /^\d+\.\d+\.\d+\n$/);
  assert.match(await machine.ok('bhatti', 'setup', '--help'), /sudo bhatti setup --tier docker/);
  const { code, stderr } = await machine.run([...STRANGER, 'bhatti', 'setup']);
  assert.equal(code, 125);
  assert.equal(stderr, 'Error: cannot set up this machine: only root can\nTry: sudo bhatti setup\n');
  assert.deepEqual(left(), []);
});

const elsewhere: [args: string[], message: RegExp][] = [
  [['--url', 'http://127.0.0.1:1'], /^Error: cannot set up a machine elsewhere: setup is for this one\nTry: /],
  [
    ['--data-dir', '/srv/mine'],
    /^Error: cannot set up a server in \/srv\/mine: its folder is \/var\/lib\/bhatti\nTry: /,
  ],
];
for (const [args, message] of elsewhere)
  test(`setup ${args[0]} is refused`, { skip }, async () => {
    const { code, stderr } = await machine.run(['bhatti', 'setup', ...args]);
    assert.equal(code, 125);
    assert.match(stderr, message);
  });

test('an unknown tier is told at the end of a setup that the next run goes on with', { skip }, async () => {
  const { code, stderr, stdout } = await machine.run(['bhatti', 'setup', '--tier', 'nothing'], { env: RELEASE });
  assert.equal(code, 125);
  assert.match(stderr, /Error: cannot find tier "nothing": there are minimal\nTry: /);
  assert.match(stdout, /^\+ data folder +\/var\/lib\/bhatti made$/m);
});

let key = '';
test('setup on a terminal asks for a tier, with its size', { skip }, async () => {
  await machine.ok('bhatti', 'key', 'delete', 'admin');
  const terminal = machine.terminal(['bhatti', 'setup']);
  await terminal.sees(/1 +minimal +\d+ MiB +.*\n.*Number or name \[minimal\]: $/);
  terminal.type('9\r');
  await terminal.sees(/There is no tier "9"\.\n.*Number or name/);
  terminal.type('1\r');
  assert.equal(await terminal.ended(), 0);
  assert.match(terminal.text, /\+ tier +minimal installed \(\d+ MiB\)\n/);
  assert.match(terminal.text, /ok +qemu: /);
  assert.match(terminal.text, /accelerator: .*tcg: boots/);
  key = /\+ API key +admin: (bht_[0-9a-f]{64}) \(not shown again\)\n/.exec(terminal.text)?.[1] ?? '';
  assert.notEqual(key, '');
});

test('a second run changes nothing and says so', { skip }, async () => {
  const made =
    "stat -c '%n %s %y %i' /etc/init.d/bhatti /etc/passwd /etc/group /var/lib/bhatti/{config.yaml,setup.json,daemon.pid}";
  const looked = () => machine.ok('bash', '-c', made);
  const seen = await looked();
  const said = await machine.ok('bhatti', 'setup');
  assert.match(said, /^Nothing changed: this machine is set up\.$/m);
  assert.doesNotMatch(said, /^\+/m);
  const told = JSON.parse(await machine.ok('bhatti', 'setup', '--json'));
  assert.deepEqual([told.changed, told.key], [false, undefined]);
  assert.equal(await looked(), seen);
});

test('the key lets programs in, over the address of its settings', { skip }, async () => {
  const at = ['--url', 'http://127.0.0.1:8440', '--token'];
  assert.equal(await machine.ok('bhatti', 'list', '--quiet', ...at, key), '');
  assert.equal((await machine.run(['bhatti', 'list', ...at, `bht_${'0'.repeat(64)}`])).code, 125);
});

test('members of the group use the daemon, others do not', { skip }, async () => {
  await machine.ok(...MEMBER, 'bhatti', 'create', 'dev');
  assert.match(await machine.ok(...MEMBER, 'bhatti', 'exec', 'dev', '--', 'id', '-un'), /^lohar$/m);
  const owner = await machine.ok('sh', '-c', 'stat -c %u /proc/$(pgrep qemu-system | head -n 1)');
  assert.ok(Number(owner) >= 1_900_000_000, `QEMU runs as ${owner}`);
  const { code, stderr } = await machine.run([...STRANGER, 'bhatti', 'list']);
  assert.equal(code, 125);
  assert.match(
    stderr,
    /^Error: cannot reach the daemon at \/var\/lib\/bhatti\/api\.sock: .*EACCES.*\nTry: sudo usermod /,
  );
});

test('the service ends and begins; its sandboxes run on', { skip }, async () => {
  const boot = () => machine.ok('bhatti', 'exec', 'dev', '--', 'cat', '/proc/sys/kernel/random/boot_id');
  const before = await boot();
  await machine.ok('/etc/init.d/bhatti', 'restart');
  assert.equal(await boot(), before);
  await machine.ok('/etc/init.d/bhatti', 'stop');
  assert.equal((await machine.run(['/etc/init.d/bhatti', 'status'])).code, 3);
  const { stderr } = await machine.run([...MEMBER, 'bhatti', 'list']);
  assert.equal(
    stderr,
    'Error: cannot reach the daemon: its service does not run\nTry: sudo /etc/init.d/bhatti start\n',
  );
  assert.equal(await boot(), before);
  assert.equal(await machine.ok('stat', '-c', '%U:%G %a', '/var/lib/bhatti/api.sock'), 'root:bhatti 660\n');
});

test('setup --remove asks before it destroys sandboxes, and takes away all it made', { skip }, async () => {
  const { code, stderr } = await machine.run(['bhatti', 'setup', '--remove']);
  assert.equal(code, 125);
  assert.match(
    stderr,
    /^Error: cannot destroy the sandbox dev: nobody is there to be asked\nTry: sudo .*--remove --yes/,
  );
  const terminal = machine.terminal(['bhatti', 'setup', '--remove']);
  await terminal.sees(/This will destroy the sandbox dev\. Go on\? \[y\/N\] $/);
  terminal.type('n\r');
  assert.equal(await terminal.ended(), 130);
  assert.match(await machine.ok('bhatti', 'exec', 'dev', '--', 'id', '-un'), /^lohar$/m);
  assert.match(await machine.ok('bhatti', 'setup', '--remove', '--yes'), /^\+ sandbox +dev destroyed$/m);
  assert.deepEqual(left(), []);
  assert.doesNotMatch(await machine.ok('cat', '/etc/passwd', '/etc/group'), /bhatti/);
  assert.equal((await machine.run(['pgrep', '-f', 'qemu-system|keeper|bhatti'])).stdout, '');
  assert.match(await machine.ok('bhatti', 'setup', '--remove'), /^Nothing changed: nothing was set up here\.$/m);
});

test('a folder that was there before setup stays, with its settings and sandboxes', { skip }, async () => {
  const images = String(process.env.BHATTI_IMAGES_DIR ?? join(import.meta.dirname, '../../build/images'));
  for (const name of readdirSync(images).filter((one) => /minimal|vmlinux/.test(one)))
    machine.lay(join(images, name), `/srv/images/${name}`);
  await machine.ok('mkdir', '/var/lib/bhatti');
  await machine.ok('sh', '-c', 'echo "imagesDir: /srv/images" >/var/lib/bhatti/config.yaml');
  await machine.ok('bhatti', 'create', 'old'); // by a daemon that root's own client begins
  const said = await machine.ok('bhatti', 'setup');
  assert.match(said, /^ {2}settings +\/var\/lib\/bhatti\/config\.yaml is there$/m);
  assert.match(said, /^ {2}tier +minimal is installed$/m);
  assert.match(await machine.ok(...MEMBER, 'bhatti', 'list', '--quiet'), /^old$/m);
  assert.match(await machine.ok('bhatti', 'setup', '--remove'), /^ {2}data folder +.* was there before, and stays$/m);
  assert.match(await machine.ok('bhatti', 'exec', 'old', '--', 'id', '-un'), /^lohar$/m);
  assert.equal(await machine.ok('bhatti', 'key', 'list'), 'NAME  ID  AGE  USED\n');
  const others = left().filter((path) => !/^\/(var\/lib\/bhatti|srv\/images)(\/|$)/.test(path));
  assert.deepEqual(others, []);
});
