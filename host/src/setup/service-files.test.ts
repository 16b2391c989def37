import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { shellWord, startScript, systemdUnit, systemdWord } from './service-files.ts';

const service = {
  argv: ['/opt/my node/bin/node', '/opt/bhatti/cli.js', 'serve', '--group', 'bhatti'],
  env: { BHATTI_CACHE_DIR: '/var/cache/bhatti' },
  outFile: '/var/lib/bhatti/daemon.out',
};

const words: [word: string, systemd: string, shell: string][] = [
  ['/usr/bin/node', '/usr/bin/node', '/usr/bin/node'],
  ['/my node', '"/my node"', "'/my node'"],
  ['50%', '"50%%"', '50%'],
  ['$HOME', '"$$HOME"', "'$HOME'"],
  ['say "a\\b"', '"say \\"a\\\\b\\""', `'say "a\\b"'`],
  ["it's", `"it's"`, "'it'\\''s'"],
  ['', '""', "''"],
];
for (const [word, systemd, shell] of words)
  test(`the word ${JSON.stringify(word)} is quoted`, () => {
    assert.deepEqual([systemdWord(word), shellWord(word)], [systemd, shell]);
    assert.equal(execFileSync('sh', ['-c', `printf %s ${shell}`], { encoding: 'utf8' }), word);
  });

test('a unit runs the daemon, and leaves its sandboxes alone', () => {
  const unit = systemdUnit(service);
  assert.match(unit, /^ExecStart="\/opt\/my node\/bin\/node" \/opt\/bhatti\/cli\.js serve --group bhatti$/m);
  assert.match(unit, /^Environment=BHATTI_CACHE_DIR=\/var\/cache\/bhatti$/m);
  assert.match(unit, /^KillMode=process$/m);
  assert.match(unit, /^WantedBy=multi-user\.target$/m);
});

test('a script is one, and says how it is called', () => {
  const script = startScript(service);
  execFileSync('sh', ['-n'], { input: script });
  assert.throws(
    () => execFileSync('sh', ['-s', 'frobnicate'], { input: script, encoding: 'utf8', stdio: 'pipe' }),
    (error: { status: number; stderr: string }) => error.status === 2 && /^Usage: /.test(error.stderr),
  );
});
