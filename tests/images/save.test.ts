/** Images of sandboxes: what is kept, what is forgotten, what two sandboxes of one image share. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type ImageLab, openImageLab, textsIn } from './image-lab.ts';

/** Secrets of the sandbox that is saved, and where they lie. */
const SECRETS: readonly (readonly [text: string, path: string])[] = [
  ['HOST-KEY-4f1d02', '/etc/ssh/ssh_host_ed25519_key'],
  ['LOG-LINE-88b3aa', '/var/log/app.log'],
  ['VNC-PASSWORD-c0ffee', '/home/lohar/.vnc/passwd'],
  ['HISTORY-77aa01', '/home/lohar/.bash_history'],
  ['TIER-SECRET-5e5e5e', '/var/lib/desk/token'],
];
const DELETED = 'DELETED-LONG-AGO-1234';
const KEPT = 'KEPT-CONTENT-9876';

let lab: ImageLab;
let machineId = '';
before(async () => {
  lab = openImageLab();
  await lab.ok('create', 'dev');
  const writes = [...SECRETS, [KEPT, '/workspace/kept'], ['/var/lib/desk/*', '/etc/bhatti/identity.d/desk']].map(
    ([text, path]) => `mkdir -p $(dirname ${path}); printf '%s\\n' '${text}' >${path}`,
  );
  const script = [
    ...writes,
    `echo ${DELETED} >/workspace/gone; sync; rm /workspace/gone`,
    'ln /workspace/kept /workspace/twice; truncate -s 512M /workspace/sparse; mknod /workspace/null c 1 3',
    'chown 70000:70001 /workspace/sparse; mkdir /var/log/app; chmod 0750 /var/log/app; sync; cat /etc/machine-id',
  ];
  machineId = (await lab.ok('exec', 'dev', '--user', 'root', '--', 'sh', '-ec', script.join('\n'))).trim();
});
after(() => lab.close());

test('a running sandbox becomes an image without its secrets, and runs on', async () => {
  assert.match(await lab.ok('image', 'save', 'dev', '--name', 'mine'), /^image\/mine saved \(\d+ MiB\) in/);
  const texts = [...SECRETS.map(([text]) => text), DELETED, machineId, KEPT];
  assert.deepEqual(await textsIn(lab.imagePath('mine'), texts), [KEPT]);
  assert.equal(await lab.ok('exec', 'dev', '--', 'sh', '-c', 'echo on >/workspace/on; cat /workspace/on'), 'on\n');
});

test('its sandboxes have what was kept, and nothing of each other', async () => {
  await lab.ok('create', 'one', '--image', 'mine');
  await lab.ok('create', 'two', '--image', 'mine');
  const script = [
    'cat /workspace/kept; stat -c "%h %n" /workspace/twice; stat -c "%s %b %u %g" /workspace/sparse',
    'stat -c "%F %t,%T" /workspace/null; stat -c %a /var/log/app; hostname; systemctl is-system-running',
  ];
  const said = await lab.ok('exec', 'one', '--', 'sh', '-c', script.join('\n'));
  const [kept, links, sparse, device, mode, name, state] = said.trim().split('\n');
  assert.deepEqual([kept, links, sparse], [KEPT, '2 /workspace/twice', '536870912 0 70000 70001']);
  assert.deepEqual([device, mode, name, state], ['character special file 1,3', '750', 'one', 'running']);
  const ids = ['dev', 'one', 'two'].map((sandbox) => lab.ok('exec', sandbox, '--', 'cat', '/etc/machine-id'));
  assert.equal(new Set(await Promise.all(ids)).size, 3);
});

test('images in use stay, names that are taken are refused', async () => {
  const refusals: [args: string[], stderr: RegExp][] = [
    [
      ['image', 'delete', 'mine'],
      /^Error: cannot delete image mine: one, two are made of it\nTry: bhatti destroy one two/,
    ],
    [['image', 'rename', 'mine', 'other'], /^Error: cannot rename image mine: one, two are made of it/],
    [['image', 'save', 'dev', '--name', 'mine'], /^Error: cannot make image mine: there is one of that name/],
    [['image', 'save', 'dev', '--name', 'docker'], /^Error: cannot make image docker: a tier has that name/],
    [['image', 'save', 'dev', '--name', '../x'], /^Error: cannot name an image "\.\.\/x"/],
    [['image', 'save', 'nobody', '--name', 'x'], /^Error: cannot find sandbox "nobody"/],
  ];
  for (const [args, stderr] of refusals) {
    const ran = await lab.run(args);
    assert.equal(ran.code, 125, args.join(' '));
    assert.match(ran.stderr, stderr);
  }
});

test('a stopped sandbox keeps its identity when asked to; an unused image is renamed and deleted', async () => {
  await lab.ok('destroy', 'one', 'two', '--yes');
  await lab.ok('stop', 'dev', '--poweroff');
  await lab.ok('image', 'save', 'dev', '--name', 'whole', '--keep-identity');
  const [hostKey = ''] = SECRETS[0] ?? [];
  assert.deepEqual(await textsIn(lab.imagePath('whole'), [hostKey, DELETED]), [hostKey]);
  await lab.ok('image', 'rename', 'whole', 'renamed');
  assert.match(await lab.ok('image', 'list'), /^renamed +saved +amd64/m);
  await lab.ok('image', 'delete', 'renamed');
  assert.doesNotMatch(await lab.ok('image', 'list'), /renamed|whole/);
});
