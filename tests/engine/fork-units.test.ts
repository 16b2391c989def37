/** Units that bhatti-fork.target pulls in run in every fork before its first command, and not in the template. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants, copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { QemuEngine } from '@bhatti/host/engine/qemu-engine.ts';
import { enableInImage } from '../services/enable-in-image.ts';
import { engineSettings, minimalImage, never, quiet, shell, smallSpec } from './lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'bhatti-fork-units-'));
const image = join(folder, 'image.ext4');
let engine: QemuEngine;

/** Takes its time, so that a command which does not wait for it would see nothing. */
const FRESH = `[Unit]
Description=Writes down who this is
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'sleep 1; cat /etc/machine-id >>/var/lib/fresh'
[Install]
WantedBy=bhatti-fork.target
`;

const TOKEN = `[Service]
ExecStartPre=/bin/sh -c 'head -c 8 /dev/urandom | od -An -tx1 >/run/token'
ExecStart=/bin/sleep infinity
`;

const BROKEN = `[Service]
Type=oneshot
ExecStart=/bin/false
`;

const ASKED = `[Unit]
ConditionEnvironment=WORD
[Service]
Type=oneshot
RemainAfterExit=yes
PassEnvironment=WORD
ExecStart=/bin/sh -c 'echo $WORD >/run/asked'
`;

/** Holds a cold boot up, so that the host is there before default.target, which isolates. */
const GENERATOR = `#!/bin/sh
sleep 5
`;
const GENERATORS = '/etc/systemd/system-generators';

const UNITS = join(import.meta.dirname, '../../lohar/units');

/** Lohar's own units, as of now, and the generator. */
function alsoInImage(): string[] {
  writeFileSync(join(folder, 'slow'), GENERATOR);
  return [
    ...readdirSync(UNITS).map((name) => `write ${join(UNITS, name)} /usr/lib/systemd/system/${name}`),
    `mkdir ${GENERATORS}`,
    `write ${join(folder, 'slow')} ${GENERATORS}/slow`,
    `set_inode_field ${GENERATORS}/slow mode 0100755`,
  ];
}

before(async () => {
  copyFileSync((await minimalImage()).image, image, constants.COPYFILE_FICLONE);
  execFileSync('chmod', ['u+w', image]);
  const units = { 'fresh.service': FRESH, 'token.service': TOKEN, 'broken.service': BROKEN, 'asked.service': ASKED };
  enableInImage(image, 'bhatti-fork.target', units, alsoInImage());
  engine = new QemuEngine(await engineSettings(folder));
  await engine.adopt([]);
});

after(async () => {
  await Promise.all(['one', 'two', 'cold'].map((id) => engine.destroy(id)));
  await engine.prune();
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function output(id: string, script: string): Promise<string> {
  return (await shell(await engine.agent(id), script)).output.trim();
}

const ASKED_STATE = 'systemctl is-active asked.service; cat /run/asked 2>&1';
const STATES = 'systemctl is-active bhatti-fork.target fresh.service token.service broken.service';

test('each fork runs them once, for itself, before its first command', async () => {
  const tokens = new Set<string>();
  for (const [id, env] of [
    ['one', {}],
    ['two', { WORD: 'yes' }],
  ] as const) {
    const report = await engine.create(await smallSpec(id, { image, env }), quiet, never);
    assert.equal(report.from, 'template');
    const [fresh, self, token, ...states] = (
      await output(id, `cat /var/lib/fresh /etc/machine-id; tr -d " " </run/token; ${STATES}`)
    ).split('\n');
    assert.equal(fresh, self, 'what ran first was not this fork');
    assert.deepEqual(states, ['active', 'active', 'active', 'failed']);
    tokens.add(String(token));
    const { ms: _, ...step } = report.prepared.find(({ name }) => name === 'fork units') ?? { ms: 0 };
    assert.deepEqual(step, { name: 'fork units', ok: false, error: 'broken.service: failed' });
  }
  assert.equal(tokens.size, 2);
});

test('one that is there for a variable of --env runs only where that is given', async () => {
  const NOTHING = 'inactive\ncat: /run/asked: No such file or directory';
  assert.deepEqual([await output('one', ASKED_STATE), await output('two', ASKED_STATE)], [NOTHING, 'active\nyes']);
});

test('a cold start runs them, too, each time', async () => {
  const spec = await smallSpec('cold', { image, cold: true });
  await engine.create(spec, quiet, never);
  assert.equal(await output('cold', `wc -l </var/lib/fresh; ${STATES}`), '1\nactive\nactive\nactive\nfailed');
  await engine.stop('cold', { force: false, timeoutMs: 20_000 });
  await engine.start(spec, quiet, never);
  assert.equal(await output('cold', `wc -l </var/lib/fresh; ${STATES}`), '2\nactive\nactive\nactive\nfailed');
});
